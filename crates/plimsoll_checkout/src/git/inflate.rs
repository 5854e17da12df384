//! Inflating zlib streams of a length that is known beforehand.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_PARSE_ZLIB_HEADER,
    TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::GitError;

const DAMAGED: GitError = GitError::Damaged("a compressed object can't be inflated");

/// A decompressor that is used again and again.
#[derive(Default)]
pub(crate) struct Inflater(Box<DecompressorOxide>);

impl Inflater {
    /// Inflates exactly `length` bytes. `input` gives the stream piece by piece, an empty piece
    /// at its end.
    pub(crate) fn exactly(
        &mut self,
        length: usize,
        mut input: impl FnMut() -> Result<Vec<u8>, GitError>,
    ) -> Result<Vec<u8>, GitError> {
        let mut out = vec![0; length];
        let mut written = 0;
        self.0.init();
        let base = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        loop {
            let piece = input()?;
            let more = if piece.is_empty() { 0 } else { TINFL_FLAG_HAS_MORE_INPUT };
            let (status, taken, count) =
                decompress(&mut self.0, &piece, &mut out, written, base | more);
            written += count;
            match status {
                TINFLStatus::Done if written == length => return Ok(out),
                // A piece can end between the last byte and the checksum.
                TINFLStatus::NeedsMoreInput | TINFLStatus::HasMoreOutput
                    if !piece.is_empty() && taken == piece.len() => {}
                _ => return Err(DAMAGED),
            }
        }
    }

    /// The first bytes of a stream, at most `length` of them.
    pub(crate) fn head(&mut self, length: usize, input: &[u8]) -> Result<Vec<u8>, GitError> {
        let mut out = vec![0; length];
        self.0.init();
        let flags = TINFL_FLAG_PARSE_ZLIB_HEADER
            | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF
            | TINFL_FLAG_HAS_MORE_INPUT;
        let (status, _, count) = decompress(&mut self.0, input, &mut out, 0, flags);
        match status {
            TINFLStatus::Done | TINFLStatus::HasMoreOutput | TINFLStatus::NeedsMoreInput => {
                out.truncate(count);
                Ok(out)
            }
            _ => Err(DAMAGED),
        }
    }
}
