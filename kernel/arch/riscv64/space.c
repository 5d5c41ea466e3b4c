/* SPDX-License-Identifier: BSD-2-Clause */
#include "space.h"
#include "arch.h"
#include "csr.h"
#include "sv39.h"

#define TABLE_ENTRIES 512u
#define USER_ENTRIES  256u
#define TABLE         __attribute__((aligned(PAGE_BYTES)))

#define PTE_DATA                                                               \
    (PTE_VALID + PTE_READ + PTE_WRITE + PTE_GLOBAL + PTE_ACCESSED + PTE_DIRTY)
#define PTE_CODE                                                               \
    (PTE_VALID + PTE_READ + PTE_EXECUTE + PTE_GLOBAL + PTE_ACCESSED)
#define PTE_CONST (PTE_VALID + PTE_READ + PTE_GLOBAL + PTE_ACCESSED)
#define PTE_BOOT  (PTE_DATA + PTE_EXECUTE)

#define SATP_SV39      (UINT64_C(8) << 60)
#define SATP_ASID_ALL  (UINT64_C(0xffff) << 44)
#define SATP_ASID_UNIT (UINT64_C(1) << 44)

#define MEGA (UINT64_C(1) << 21)
#define GIGA (UINT64_C(1) << 30)

static TABLE uint64_t kernel_root[TABLE_ENTRIES];
static TABLE uint64_t device_table[TABLE_ENTRIES];
static TABLE uint64_t image_table[TABLE_ENTRIES];
static TABLE uint64_t image_pages[TABLE_ENTRIES];
static unsigned device_blocks;

/* 0xffff on hardware with all ASID bits, else 0: then every address space
 * is number 0, and a switch flushes. */
static uint64_t asid_mask;

static uint64_t leaf(paddr_t address, uint64_t flags)
{
    return pte_table(address) | flags;
}

static unsigned entry_of(uint64_t address, unsigned level)
{
    return (unsigned)(address >> (12 + 9 * level)) % TABLE_ENTRIES;
}

static uint64_t image_flags(uint64_t address)
{
    if (address >= (uint64_t)boot_start)
        return PTE_BOOT;
    if (address >= (uint64_t)data_start)
        return PTE_DATA;
    if (address >= (uint64_t)rodata_start)
        return PTE_CONST;
    return PTE_CODE;
}

static void map_image(void)
{
    uint64_t start = (uint64_t)image_start;

    kernel_root[entry_of(start, 2)] = pte_table(image_address(image_table));
    image_table[entry_of(start, 1)] = pte_table(image_address(image_pages));
    for (uint64_t at = start; at < (uint64_t)image_end; at += PAGE_BYTES)
        image_pages[entry_of(at, 0)] = leaf(at - IMAGE_OFFSET, image_flags(at));
}

void space_map_direct(paddr_t start, paddr_t end)
{
    KERNEL_ASSERT(end <= DIRECT_BYTES);
    for (paddr_t at = start / GIGA * GIGA; at < end; at += GIGA)
        kernel_root[entry_of(DIRECT_BASE + at, 2)] = leaf(at, PTE_DATA);
}

static void flush_all(void)
{
    __asm__ volatile("sfence.vma" ::: "memory");
}

volatile uint32_t *space_map_device(paddr_t start, uint64_t bytes)
{
    paddr_t from = start / MEGA * MEGA;
    uint64_t address = DEVICE_BASE + device_blocks * MEGA;

    for (paddr_t at = from; at < start + bytes; at += MEGA) {
        if (device_blocks == TABLE_ENTRIES)
            return NULL;
        device_table[device_blocks++] = leaf(at, PTE_DATA);
    }
    kernel_root[entry_of(DEVICE_BASE, 2)] =
        pte_table(image_address(device_table));
    flush_all();
    return (volatile uint32_t *)(address + (start - from));
}

static uint64_t satp_of(paddr_t root, uint64_t asid)
{
    return SATP_SV39 + (asid & asid_mask) * SATP_ASID_UNIT + root / PAGE_BYTES;
}

/* Bits of satp.ASID that the hardware lacks read as zero. */
static void probe_asids(void)
{
    uint64_t satp = csr_read(satp);

    csr_write(satp, satp | SATP_ASID_ALL);
    if ((csr_read(satp) & SATP_ASID_ALL) == SATP_ASID_ALL)
        asid_mask = 0xffff;
    csr_write(satp, satp);
}

void space_init(paddr_t start, paddr_t end)
{
    map_image();
    space_map_direct(start, end);
    csr_write(satp, satp_of(image_address(kernel_root), 0));
    flush_all();
    probe_asids();
    flush_all();
}

void space_forget_boot(void)
{
    for (uint64_t at = (uint64_t)boot_start; at < (uint64_t)image_end;
         at += PAGE_BYTES)
        image_pages[entry_of(at, 0)] = 0;
    flush_all();
}

/* ASID 0 is nobody's (sel4-abi.md 4.11): kernel_root is not confused with a
 * user's. */
void arch_space_set(struct kernel *k, paddr_t root, uint64_t asid)
{
    (void)k;
    csr_write(satp, root ? satp_of(root, asid)
                         : satp_of(image_address(kernel_root), 0));
    if (asid_mask == 0)
        flush_all();
}

void arch_space_init_root(struct kernel *k, paddr_t root)
{
    uint64_t *table = direct(root);

    (void)k;
    for (unsigned i = USER_ENTRIES; i < TABLE_ENTRIES; i++)
        table[i] = kernel_root[i];
}

void arch_tlb_flush_page(struct kernel *k, uint64_t asid, uint64_t address)
{
    (void)k;
    __asm__ volatile("sfence.vma %0, %1" ::"r"(address), "r"(asid & asid_mask)
                     : "memory");
}

void arch_tlb_flush_asid(struct kernel *k, uint64_t asid)
{
    (void)k;
    __asm__ volatile("sfence.vma zero, %0" ::"r"(asid & asid_mask) : "memory");
}

void arch_tlb_flush_all(struct kernel *k)
{
    (void)k;
    flush_all();
}
