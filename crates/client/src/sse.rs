//! The text/event-stream format, as far as the watch stream uses it: the `data` of each event.
//!
//! Bytes come in any cut; an event is complete at its empty line. Comments (keep-alives) and other fields are skipped.
//! Format: the HTML standard, section "Server-sent events".

/// Collects bytes and gives complete events.
#[derive(Debug, Default)]
pub(crate) struct EventParser {
    line: Vec<u8>,
    data: Vec<String>,
    ready: std::collections::VecDeque<String>,
}

impl EventParser {
    /// Takes the next bytes.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if *byte == b'\n' {
                let mut line = std::mem::take(&mut self.line);
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                self.take_line(&String::from_utf8_lossy(&line));
            } else {
                self.line.push(*byte);
            }
        }
    }

    fn take_line(&mut self, line: &str) {
        if line.is_empty() {
            if !self.data.is_empty() {
                self.ready.push_back(self.data.join("\n"));
                self.data.clear();
            }
        } else if let Some(value) = line.strip_prefix("data:") {
            self.data.push(value.strip_prefix(' ').unwrap_or(value).to_owned());
        }
    }

    /// The data of the next complete event.
    pub(crate) fn next_event(&mut self) -> Option<String> {
        self.ready.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_found_however_the_bytes_are_cut() {
        let stream = ": keep-alive\r\n\r\ndata: {\"a\":1}\nid: 4\n\nevent: x\ndata: one\ndata:two\n\ndata: unfinished";
        for cut in 1..stream.len() {
            let mut parser = EventParser::default();
            for chunk in stream.as_bytes().chunks(cut) {
                parser.feed(chunk);
            }
            let events: Vec<String> = std::iter::from_fn(|| parser.next_event()).collect();
            assert_eq!(events, ["{\"a\":1}", "one\ntwo"], "cut every {cut} bytes");
        }
    }
}
