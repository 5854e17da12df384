//! Names of objects.

use std::fmt;

/// Longest id in bytes: SHA-256.
pub(crate) const MAX_ID: usize = 32;

/// The id of an object: 20 bytes of SHA-1 or 32 of SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id {
    bytes: [u8; MAX_ID],
    length: u8,
}

impl Id {
    /// The id of these bytes; `None` for any other length than 20 or 32.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if !matches!(bytes.len(), 20 | 32) {
            return None;
        }
        let mut id = Self { bytes: [0; MAX_ID], length: bytes.len().to_le_bytes()[0] };
        for (to, from) in id.bytes.iter_mut().zip(bytes) {
            *to = *from;
        }
        Some(id)
    }

    /// Reads hexadecimal digits; `None` for anything else.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let digits: Option<Vec<u8>> = text
            .bytes()
            .map(|digit| char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok()))
            .collect();
        let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
        let bytes: Vec<u8> = digits
            .chunks_exact(2)
            .map(|pair| pair.iter().fold(0, |byte: u8, digit| byte.wrapping_shl(4) | *digit))
            .collect();
        Self::from_bytes(&bytes)
    }

    /// The bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or(&self.bytes)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A big-endian number at `at`; `None` past the end.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let end = at.checked_add(4)?;
    Some(u32::from_be_bytes(bytes.get(at..end)?.try_into().ok()?))
}

/// A big-endian number at `at`; `None` past the end.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let end = at.checked_add(2)?;
    Some(u16::from_be_bytes(bytes.get(at..end)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::Id;

    #[test]
    fn ids_are_read_from_hex_of_both_lengths_only() {
        let sha1 = "00ff10".to_owned() + &"ab".repeat(17);
        assert_eq!(Id::from_hex(&sha1).unwrap().to_string(), sha1);
        assert_eq!(Id::from_hex(&"0f".repeat(32)).unwrap().as_bytes().len(), 32);
        assert!(Id::from_hex("abc").is_none());
        assert!(Id::from_hex(&"zz".repeat(20)).is_none());
        assert!(Id::from_hex("").is_none());
    }
}
