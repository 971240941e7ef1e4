//! Messages with descriptors over Unix sockets: four bytes of length, then JSON; descriptors ride on the first byte.
//!
//! Passing a connected socket or a terminal out of a sandbox costs one message and from then on nothing: no process in
//! between copies bytes.

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// No message is larger; templates may carry files.
const MAX_BYTES: usize = 32 << 20;
/// No message carries more descriptors.
const MAX_DESCRIPTORS: usize = 4;

/// The bytes of a message.
pub(super) fn encode(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; 4];
    serde_json::to_writer(&mut bytes, message)?;
    let length = bytes.len() - 4;
    if length > MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("a message of {length} bytes is too large")));
    }
    bytes[..4].copy_from_slice(&(length as u32).to_be_bytes());
    Ok(bytes)
}

/// Sends one message.
pub(super) fn send(mut stream: &UnixStream, message: &impl Serialize, descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
    let bytes = encode(message)?;
    let sent = if descriptors.is_empty() { 0 } else { send_with_descriptors(stream.as_fd(), &bytes, descriptors)? };
    stream.write_all(&bytes[sent..])
}

fn send_with_descriptors(socket: BorrowedFd<'_>, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !ancillary.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "too many descriptors for one message"));
    }
    loop {
        match sendmsg(socket, &[IoSlice::new(bytes)], &mut ancillary, SendFlags::NOSIGNAL) {
            Ok(sent) => return Ok(sent),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Receives into `buffer` once and collects descriptors; 0 is the end of the stream.
pub(super) fn receive_some(socket: BorrowedFd<'_>, buffer: &mut [u8], descriptors: &mut Vec<OwnedFd>) -> io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = recvmsg(socket, &mut [IoSliceMut::new(buffer)], &mut ancillary, RecvFlags::CMSG_CLOEXEC)?;
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(fresh) = message {
            descriptors.extend(fresh);
        }
    }
    Ok(received.bytes)
}

/// Collects one message piece by piece; shared by blocking and asynchronous readers.
#[derive(Default)]
pub(super) struct Incoming {
    bytes: Vec<u8>,
    pub(super) descriptors: Vec<OwnedFd>,
}

impl Incoming {
    /// How many bytes to ask for next: never more than this message has, so that the next one stays in the socket.
    pub(super) fn wanted(&self) -> io::Result<usize> {
        if self.bytes.len() < 4 {
            return Ok(4 - self.bytes.len());
        }
        let length = self.length();
        if length > MAX_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a message of {length} bytes is too large")));
        }
        Ok((length + 4 - self.bytes.len()).min(64 << 10))
    }

    fn length(&self) -> usize {
        self.bytes.get(..4).map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize)
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The whole message has arrived.
    pub(super) fn is_complete(&self) -> bool {
        self.bytes.len() >= 4 && self.bytes.len() == self.length() + 4
    }

    pub(super) fn parse<T: DeserializeOwned>(&self) -> io::Result<T> {
        Ok(serde_json::from_slice(self.bytes.get(4..).unwrap_or_default())?)
    }
}

/// Receives one message; `None` at the end of the stream.
pub(super) fn receive<T: DeserializeOwned>(mut stream: &UnixStream) -> io::Result<Option<(T, Vec<OwnedFd>)>> {
    let mut incoming = Incoming::default();
    let mut buffer = vec![0; 4];
    while !incoming.is_complete() {
        buffer.resize(incoming.wanted()?, 0);
        let received = if incoming.is_empty() {
            match receive_some(stream.as_fd(), &mut buffer, &mut incoming.descriptors) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            }
        } else {
            stream.read(&mut buffer)?
        };
        if received == 0 {
            let whole = incoming.is_empty();
            return if whole { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        incoming.push(&buffer[..received]);
    }
    let message = incoming.parse()?;
    Ok(Some((message, incoming.descriptors)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_and_descriptors_arrive_in_order() {
        let (left, right) = UnixStream::pair().unwrap();
        let (mut reader, writer) = io::pipe().unwrap();
        send(&left, &"first", &[writer.as_fd()]).unwrap();
        send(&left, &vec![7; 10_000], &[]).unwrap();
        drop(writer);
        let (first, descriptors) = receive::<String>(&right).unwrap().unwrap();
        assert_eq!((first.as_str(), descriptors.len()), ("first", 1));
        let mut passed = std::fs::File::from(descriptors.into_iter().next().unwrap());
        passed.write_all(b"through").unwrap();
        drop(passed);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "through");
        assert_eq!(receive::<Vec<u8>>(&right).unwrap().unwrap().0.len(), 10_000);
        drop(left);
        assert!(receive::<String>(&right).unwrap().is_none());
    }

    #[test]
    fn nonsense_is_refused() {
        let (left, right) = UnixStream::pair().unwrap();
        (&left).write_all(&u32::MAX.to_be_bytes()).unwrap();
        assert!(receive::<String>(&right).is_err());
    }
}
