//! CEL.
/// Checks.
pub fn check_expression(source: &str) -> Result<(), String> {
    let _ = source;
    Ok(())
}
