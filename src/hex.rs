//! Text forms of binary strings: base 16 and base 32 (RFC 4648).

/// Lower-case hexadecimal.
pub fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// Hexadecimal of either case, exactly `N` bytes of it; `None` otherwise.
pub fn decode<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    if text.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = hex_digit(pair[0])? << 4 | hex_digit(pair[1])?;
    }
    Some(bytes)
}

/// The value of one hexadecimal digit.
pub fn hex_digit(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Base 32 of either case without padding: 32 characters for the 20 bytes of an info-hash.
pub fn decode_base32(text: &[u8]) -> Option<[u8; 20]> {
    if text.len() != 32 {
        return None;
    }
    let mut bytes = [0; 20];
    for (group, eight) in bytes.chunks_exact_mut(5).zip(text.chunks_exact(8)) {
        let mut bits = 0u64;
        for &character in eight {
            let value = match character.to_ascii_uppercase() {
                letter @ b'A'..=b'Z' => letter - b'A',
                digit @ b'2'..=b'7' => digit - b'2' + 26,
                _ => return None,
            };
            bits = bits << 5 | u64::from(value);
        }
        group.copy_from_slice(&bits.to_be_bytes()[3..]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_there_and_back() {
        assert_eq!(encode(&[0, 0xab, 0xff]), "00abff");
        assert_eq!(decode::<3>(b"00aBFf"), Some([0, 0xab, 0xff]));
        assert_eq!(decode::<3>(b"00abf"), None);
        assert_eq!(decode::<3>(b"00abfg"), None);
    }

    #[test]
    fn base32_of_either_case() {
        let ones = decode_base32(b"MFRGCYTBMJQWEYLCMFRGCYTBMJQWEYLC");
        assert_eq!(ones, Some(*b"abababababababababab"));
        assert_eq!(decode_base32(b"mfrgcytbmjqweylcmfrgcytbmjqweylc"), ones);
        assert_eq!(decode_base32(&[b'8'; 32]), None);
    }
}
