# The two commands of a fresh clone are `make run` and `make test`. Everything they do is in xtask/.
# Arguments for the server: make run ARGS="--listen 127.0.0.1:9000 --simulate-gpus A100-80GB:4"
ARGS ?=

.PHONY: run test check bench generate rust

run: rust
	@cargo xtask run -- $(ARGS)

test: rust
	@cargo xtask test $(ARGS)

check: rust
	@cargo xtask check

bench: rust
	@cargo xtask bench -- $(ARGS)

generate: rust
	@cargo xtask generate $(ARGS)

# xtask says what else is missing; these two it needs itself.
rust:
	@command -v cargo >/dev/null || { echo "error: Rust 1.95 or newer is missing; install it with rustup" >&2; exit 1; }
	@command -v cc >/dev/null || { echo "error: a C compiler is missing; apt-get install gcc libc6-dev" >&2; exit 1; }
