//! A stack of its own for work that recurses as deep as what it reads.

/// The parsers take at most some 64 levels inside each other, with up to 40 KiB of stack for each when unoptimised: more
/// than a caller's own stack may have left.
const STACK_BYTES: usize = 16 << 20;

/// Runs `work` on a stack of its own. The error says that it could not be done.
pub(crate) fn with_room<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().name("import".to_owned()).stack_size(STACK_BYTES);
        let thread = builder.spawn_scoped(scope, work).map_err(|_| "there is no memory to read it".to_owned())?;
        thread.join().map_err(|_| "it cannot be read".to_owned())
    })
}
