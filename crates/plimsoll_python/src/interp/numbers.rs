//! Numbers: conversions and arithmetic as Python does them.

use num_bigint::{BigInt, Sign};

use super::Interp;
use super::native::Outcome;
use super::value::{Kind, Val};
use crate::syntax::ast::Operator;

/// The integer part of a finite float.
pub(crate) fn float_to_int(number: f64) -> Option<BigInt> {
    if !number.is_finite() {
        return None;
    }
    let bits = number.abs().to_bits();
    let exponent = i64::try_from(bits >> 52).ok()? - 1075;
    let fraction = bits & ((1 << 52) - 1);
    let mantissa = if bits >> 52 == 0 { fraction << 1 } else { fraction | (1 << 52) };
    let magnitude = if exponent >= 0 {
        BigInt::from(mantissa) << usize::try_from(exponent).ok()?
    } else {
        let shift = usize::try_from(-exponent).ok()?;
        if shift > 63 { BigInt::ZERO } else { BigInt::from(mantissa >> shift) }
    };
    Some(if number < 0.0 { -magnitude } else { magnitude })
}

/// The nearest float; `None` where it does not fit.
pub(crate) fn int_to_float(number: &BigInt) -> Option<f64> {
    // Parsing decimal text rounds to nearest even, as Python does.
    number.to_string().parse::<f64>().ok().filter(|number| number.is_finite())
}

/// `repr` of a float: the shortest digits that read back the same.
pub(crate) fn float_repr(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    if number == 0.0 {
        return if number.is_sign_negative() { "-0.0" } else { "0.0" }.to_owned();
    }
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{number}");
        return if plain.contains('.') { plain } else { format!("{plain}.0") };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// `int(text, base)`; `None` where Python raises `ValueError`.
pub(crate) fn parse_int(text: &str, base: u32) -> Option<BigInt> {
    let text = text.trim_matches(is_space);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_lowercase();
    let (base, digits, prefixed) = match (base, lower.get(..2)) {
        (0 | 16, Some("0x")) => (16, lower.get(2..)?, true),
        (0 | 8, Some("0o")) => (8, lower.get(2..)?, true),
        (0 | 2, Some("0b")) => (2, lower.get(2..)?, true),
        (0, _) => {
            let is_zero = lower.chars().all(|c| c == '0' || c == '_');
            if lower.starts_with('0') && !is_zero {
                return None;
            }
            (10, lower.as_str(), false)
        }
        (base, _) => (base, lower.as_str(), false),
    };
    let digits = if prefixed { digits.strip_prefix('_').unwrap_or(digits) } else { digits };
    if digits.is_empty()
        || digits.starts_with('_')
        || digits.ends_with('_')
        || digits.contains("__")
    {
        return None;
    }
    if digits.len() > 4_300 || !digits.is_ascii() {
        // Python refuses longer ones; other digits of Unicode are not read here.
        return None;
    }
    let plain = digits.replace('_', "");
    if !plain.bytes().all(|byte| char::from(byte).is_digit(base)) {
        return None;
    }
    let number = BigInt::parse_bytes(plain.as_bytes(), base)?;
    Some(if negative { -number } else { number })
}

/// `float(text)`; `None` where Python raises `ValueError`.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim_matches(is_space);
    let lower = text.to_ascii_lowercase();
    let bare = lower.trim_start_matches(['+', '-']);
    if lower.len() - bare.len() > 1 {
        return None;
    }
    if matches!(bare, "inf" | "infinity" | "nan") {
        return lower.parse().ok();
    }
    if !bare.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let mut before = ' ';
    for c in bare.chars() {
        let digit_needed = c == '_' && !before.is_ascii_digit();
        let digit_missing = before == '_' && !c.is_ascii_digit();
        if digit_needed || digit_missing {
            return None;
        }
        before = c;
    }
    if before == '_' {
        return None;
    }
    lower.replace('_', "").parse().ok()
}

/// What `str.isspace` and `strip` take as white space.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// A number as the arithmetic sees it.
enum Number {
    Int(BigInt),
    Float(f64),
}

fn number(value: &Val) -> Option<Number> {
    match &value.kind {
        Kind::Int(number) => Some(Number::Int((**number).clone())),
        Kind::Bool(flag) => Some(Number::Int(BigInt::from(i32::from(*flag)))),
        Kind::Float(number) => Some(Number::Float(*number)),
        _ => None,
    }
}

impl Interp<'_> {
    /// Arithmetic on two numbers; `None` where one is no number.
    pub(crate) fn arithmetic(&mut self, op: Operator, left: &Val, right: &Val) -> Option<Outcome> {
        if let (Kind::Bool(a), Kind::Bool(b)) = (&left.kind, &right.kind) {
            match op {
                Operator::BitAnd => return Some(Ok(Val::bool(*a & *b))),
                Operator::BitOr => return Some(Ok(Val::bool(*a | *b))),
                Operator::BitXor => return Some(Ok(Val::bool(*a ^ *b))),
                _ => {}
            }
        }
        let (left, right) = (number(left)?, number(right)?);
        match (left, right) {
            (Number::Int(a), Number::Int(b)) => Some(self.int_arithmetic(op, a, b)),
            (a, b) => {
                let float = |number| match number {
                    Number::Int(number) => int_to_float(&number),
                    Number::Float(number) => Some(number),
                };
                let (Some(a), Some(b)) = (float(a), float(b)) else {
                    return Some(Err(
                        self.raise("OverflowError", "int too large to convert to float")
                    ));
                };
                Some(self.float_arithmetic(op, a, b))
            }
        }
    }

    fn int_arithmetic(&mut self, op: Operator, a: BigInt, b: BigInt) -> Outcome {
        let zero = b.sign() == Sign::NoSign;
        let bits = self.request.limits.size as u64;
        if a.bits().saturating_add(b.bits()) > bits {
            return Ok(Val::unknown("an integer too large to be computed here"));
        }
        Ok(match op {
            Operator::Add => Val::int(a + b),
            Operator::Sub => Val::int(a - b),
            Operator::Mult => Val::int(a * b),
            Operator::Div | Operator::FloorDiv | Operator::Mod if zero => {
                // The wording for `//` and `%` differs between versions.
                let text = match op {
                    Operator::Div => "division by zero",
                    _ => "integer division or modulo by zero",
                };
                return Err(self.raise("ZeroDivisionError", text));
            }
            Operator::Div => return self.divide(&a, &b),
            Operator::FloorDiv => Val::int(floor_divide(&a, &b).0),
            Operator::Mod => Val::int(floor_divide(&a, &b).1),
            Operator::Pow => return self.power(a, b),
            Operator::LShift | Operator::RShift if b.sign() == Sign::Minus => {
                return Err(self.raise("ValueError", "negative shift count"));
            }
            Operator::LShift => match u64::try_from(&b) {
                Ok(shift) if shift < bits => Val::int(a << shift),
                _ => Val::unknown("an integer too large to be computed here"),
            },
            Operator::RShift => match u64::try_from(&b) {
                Ok(shift) => Val::int(a >> shift),
                Err(_) => Val::int(if a.sign() == Sign::Minus { -1 } else { 0 }),
            },
            Operator::BitAnd => Val::int(a & b),
            Operator::BitOr => Val::int(a | b),
            Operator::BitXor => Val::int(a ^ b),
            Operator::MatMult => {
                return Err(self.raise("TypeError", "unsupported operand type(s) for @"));
            }
        })
    }

    /// True division: exact where both fit a float without rounding, else unknown.
    fn divide(&mut self, a: &BigInt, b: &BigInt) -> Outcome {
        let exact = |number: &BigInt| if number.bits() <= 53 { int_to_float(number) } else { None };
        match (exact(a), exact(b)) {
            (Some(a), Some(b)) => Ok(Val::float(a / b)),
            _ => {
                let (quotient, rest) = floor_divide(a, b);
                match int_to_float(&quotient) {
                    Some(number) if rest.sign() == Sign::NoSign => Ok(Val::float(number)),
                    _ => Ok(Val::unknown("a division of very large integers")),
                }
            }
        }
    }

    fn power(&mut self, a: BigInt, b: BigInt) -> Outcome {
        if b.sign() == Sign::Minus {
            return match (int_to_float(&a), int_to_float(&b)) {
                (Some(0.0), Some(_)) => {
                    Err(self.raise("ZeroDivisionError", "0.0 cannot be raised to a negative power"))
                }
                (Some(a), Some(b)) => self.float_power(a, b),
                _ => Ok(Val::unknown("a power too large to be computed here")),
            };
        }
        let size = self.request.limits.size as u64;
        match u32::try_from(&b) {
            Ok(exponent) if a.bits().saturating_mul(u64::from(exponent)) <= size => {
                Ok(Val::int(a.pow(exponent)))
            }
            _ if a.bits() <= 1 && a.sign() != Sign::Minus => Ok(Val::int(a)),
            _ => Ok(Val::unknown("a power too large to be computed here")),
        }
    }

    /// Powers whose result does not depend on the platform's rounding.
    fn float_power(&mut self, a: f64, b: f64) -> Outcome {
        if b == 0.5 {
            return if a >= 0.0 {
                Ok(Val::float(a.sqrt()))
            } else {
                Ok(Val::unknown("a complex number"))
            };
        }
        if b.fract() == 0.0 && b.abs() <= 3.0 && a != 0.0 {
            let power = a.powi(b.abs() as i32);
            if b >= 0.0 {
                return Ok(Val::float(power));
            }
            // Exact only where the power is a power of two.
            if power.to_bits() & ((1 << 52) - 1) == 0 {
                return Ok(Val::float(1.0 / power));
            }
            if b == -1.0 {
                return Ok(Val::float(1.0 / a));
            }
        }
        Ok(Val::unknown("a power of floats, whose last digit depends on the platform"))
    }

    fn float_arithmetic(&mut self, op: Operator, a: f64, b: f64) -> Outcome {
        Ok(match op {
            Operator::Add => Val::float(a + b),
            Operator::Sub => Val::float(a - b),
            Operator::Mult => Val::float(a * b),
            Operator::Div | Operator::FloorDiv | Operator::Mod if b == 0.0 => {
                return Err(self.raise("ZeroDivisionError", "float division by zero"));
            }
            Operator::Div => Val::float(a / b),
            Operator::FloorDiv | Operator::Mod => {
                if !a.is_finite() || !b.is_finite() {
                    return Ok(Val::unknown("a division of floats that are not finite"));
                }
                let (quotient, rest) = float_divmod(a, b);
                Val::float(if matches!(op, Operator::Mod) { rest } else { quotient })
            }
            Operator::Pow => return self.float_power(a, b),
            _ => return Err(self.raise("TypeError", "unsupported operand type(s) for floats")),
        })
    }
}

/// `divmod` of floats as CPython computes it.
fn float_divmod(a: f64, b: f64) -> (f64, f64) {
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest != 0.0 {
        if (b < 0.0) != (rest < 0.0) {
            rest += b;
            quotient -= 1.0;
        }
    } else {
        rest = 0.0f64.copysign(b);
    }
    let floor = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 { floor + 1.0 } else { floor }
    } else {
        0.0f64.copysign(a / b)
    };
    (floor, rest)
}

/// Quotient rounded down, and the remainder with the sign of the divisor.
pub(crate) fn floor_divide(a: &BigInt, b: &BigInt) -> (BigInt, BigInt) {
    let (quotient, rest) = (a / b, a % b);
    if rest.sign() != Sign::NoSign && rest.sign() != b.sign() {
        (quotient - 1, rest + b)
    } else {
        (quotient, rest)
    }
}
