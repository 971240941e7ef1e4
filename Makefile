# The two commands of a fresh clone are `make run` and `make test`. Everything they do is in xtask/.
# Arguments for the server: make run ARGS="--listen 127.0.0.1:9000 --simulate-gpus A100-80GB:4"
ARGS ?=

.PHONY: run test check bench generate

run:
	@cargo xtask run -- $(ARGS)

test:
	@cargo xtask test $(ARGS)

check:
	@cargo xtask check

bench:
	@cargo xtask bench $(ARGS)

generate:
	@cargo xtask generate $(ARGS)
