/* SPDX-License-Identifier: BSD-2-Clause */
/* How the kernel that this program is for was built: CONFIG_x. */
#ifndef SEL4_CONFIG_H
#define SEL4_CONFIG_H
#include <kernel/gen_config.h>
#include <sel4/gen_config.h>
#endif
