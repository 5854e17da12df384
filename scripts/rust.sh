# Sourced by the scripts: finds cargo, and says what to do where there is none.
if ! command -v cargo >/dev/null 2>&1 && [ -r "${CARGO_HOME:-$HOME/.cargo}/env" ]; then
    . "${CARGO_HOME:-$HOME/.cargo}/env"
fi
if ! command -v cargo >/dev/null 2>&1; then
    echo "Rust is needed: https://www.rust-lang.org/tools/install" >&2
    exit 2
fi
if ! command -v cc >/dev/null 2>&1; then
    echo "A C compiler is needed (Debian: apt-get install gcc libc6-dev)." >&2
    exit 2
fi
