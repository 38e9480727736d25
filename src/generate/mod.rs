//! stub
use std::path::Path;
pub struct G;
pub fn sample() -> G {
    G
}
impl G {
    pub fn write(&self, _o: &Path, _p: &crate::domain::Progress) -> Result<(), crate::domain::Cancelled> {
        Ok(())
    }
}
