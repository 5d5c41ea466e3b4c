# SPDX-License-Identifier: BSD-2-Clause
# The memory server is a program as any other, and a test: `make image
# APP=apps/memserver' makes the one, test-riscv64 boots the other.

$(R)/run/memserver: force
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec scripts/qemu -c -m 256M %s\n' \
		$(R)/memserver/image.elf >$@
	@chmod +x $@

R_RUNS += $(R)/run/memserver
test-riscv64: $(R)/memserver/image.elf $(R)/run/memserver

run-memserver: $(R)/memserver/image.elf
run-memserver: $(R)/run/memserver ## boot a server that dies and starts again
	$(Q)scripts/tap-run $(R)/memserver-results $(R)/run/memserver

.PHONY: run-memserver
