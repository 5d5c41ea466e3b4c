# SPDX-License-Identifier: BSD-2-Clause
# What the inputs that the fuzzers keep cover of the core: they are played once
# more, without a fuzzer, in a build with counters.

FUZZ_PLAYERS := $(patsubst test/fuzz/%.c,$(B)/play/%,$(FUZZ_C))
PARTS_C += test/fuzz/play/play.c

$(FUZZ_PLAYERS): $(B)/play/%: $(B)/test/fuzz/%.o $(B)/test/fuzz/play/play.o \
		$(LIBRARIES)
	$(call link)
$(B)/play/fuzz_devtree: LIBS += -lfdt

# For VARIANT=cov, in a folder of its own; after the fuzzers have run.
fuzz-coverage: $(FUZZ_PLAYERS)
	$(Q)scripts/fuzz-coverage $(B) build/fuzz/corpus $(FUZZ_PLAYERS)

-include $(B)/test/fuzz/play/play.d

.PHONY: fuzz-coverage
