# SPDX-License-Identifier: BSD-2-Clause
# Build options of the bootable kernel, with seL4's names and defaults: what
# an image and the kernel must agree on (sel4-abi.md 9.4).  Any of them can be
# given on the command line: `make kernel ARCH=riscv64 ROOT_CNODE_SIZE_BITS=13'.

# Which release's invocation labels: 13, 14, or 15 for that and all later.
LABELS ?= 15
# 0: the new calls are answered as a stock kernel would.  The hosted machine
# knows this one, too.
GEN3 ?= 1
# log2 of the initial CNode's slots.
ROOT_CNODE_SIZE_BITS ?= 12
# Scheduling domains, 1 to 256, and entries of their schedule.
NUM_DOMAINS ?= 1
NUM_DOMAIN_SCHEDULES ?= $(if $(filter 1,$(NUM_DOMAINS)),2,100)
# Untypeds that the bootinfo can describe: more than 245 exceed its page.
MAX_NUM_BOOTINFO_UNTYPED_CAPS ?= 230
# Floating point for threads: TCBs of 2^11 bytes, else 2^10.
HAVE_FPU ?= 1
# System calls -9, -10; and -11 to -14: also in a kernel that says nothing
# itself.
PRINTING ?= 1
DEBUG_CALLS ?= 1
# 1: the kernel prints a register dump when a thread dies of a fault.
DEBUG_BUILD ?= 0
# 1: the kernel records its longest stretch with interrupts off (stretch.h).
RECORD_STRETCH ?= 0
# Objects per Retype.
RETYPE_FAN_OUT_LIMIT ?= 256
# Milliseconds a tick, ticks a time slice.
TIMER_TICK_MS ?= 2
TIME_SLICE ?= 5
# The hart that boots, where the loader does not say.
FIRST_HART_ID ?= 0

KERNEL_OPTIONS := LABELS ROOT_CNODE_SIZE_BITS NUM_DOMAINS \
	NUM_DOMAIN_SCHEDULES MAX_NUM_BOOTINFO_UNTYPED_CAPS HAVE_FPU PRINTING \
	DEBUG_CALLS DEBUG_BUILD RECORD_STRETCH RETYPE_FAN_OUT_LIMIT \
	TIMER_TICK_MS TIME_SLICE FIRST_HART_ID
