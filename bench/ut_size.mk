# SPDX-License-Identifier: BSD-2-Clause
# The size of layers 0 to 4 with the offset strategy alone, on riscv64 at -Os:
# bench/ut_size.c says what is linked.  What the compiler calls is the
# program's: a name in reach stands for it; what it needs of libgcc counts.

UT_SIZE_LIMIT := 16384
UT_SIZE_FLAGS := -march=rv64imac -mabi=lp64 -mcmodel=medany -Os -std=c11 \
	-ffreestanding -ffunction-sections -fdata-sections -Ilib -Ilib/ut
UT_SIZE_LINK := -nostdlib -Wl,--gc-sections -Wl,-e,ut_size_root \
	-Wl,-u,ut_size_root $(patsubst %,-Wl$(comma)--defsym$(comma)%=ut_size_root, \
	memset memcpy)

$(B)/ut_size.elf: bench/ut_size.c $(wildcard lib/ut/*.[ch])
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(UT_SIZE_FLAGS) $(UT_SIZE_LINK) -o $@ $< \
		$(wildcard lib/ut/*.c) -lgcc -Wl,-Map=$(B)/ut_size.map

check-ut-size: $(B)/ut_size.elf ## size of lib/ut, layers 0-4
	$(Q)$(CROSS)size $< | awk -v limit=$(UT_SIZE_LIMIT) 'NR == 2 { \
		printf "layers 0-4, offset alone: %d bytes of text; limit %d\n", \
		$$1, limit; exit $$1 > limit }'

.PHONY: check-ut-size
