/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that is there when it is touched, for the hosted machine in a root
 * task.  A thread of its own, in a CSpace of its own, receives the faults of
 * the program, maps a frame of the largest untyped, and replies.
 *
 *   program --VM fault--> endpoint --> pager: Retype, Page_Map --> reply
 *           --Call(range)------------> pager: Page_Unmap of what is there
 *
 *   the pager's CNode:  1 untyped   2 itself   3 address space   4 endpoint
 *                       5 first free page table   16 ... frames
 *
 * Unmapped frames are kept, cleared, and used again.
 */
#include "rt.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "mman.h"

#define HEAP_START  UINT64_C(0x300000000) /* of malloc(): 12 GiB */
#define ARENA_START UINT64_C(0x400000000)
#define ARENA_END   UINT64_C(0x3f00000000)
/* Behind the pager's buffer. */
#define MACHINES_START (ARENA_START + 2 * PAGE_BYTES)
#define AREAS_MAX      64u
#define PAGE_BYTES     UINT64_C(4096)
#define RADIX          17u
#define FRAMES_MAX     ((1u << RADIX) - 1024u)
#define WORDS          64u
#define GIVE_BACK      0x6ff /* label of a Call to the pager */

enum { UNTYPED = 1, SELF, SPACE, ENDPOINT, TABLES = 16, FRAMES = 1024 };

static uint64_t next_address = MACHINES_START;
static seL4_CPtr endpoint; /* in the program's CSpace */

/* The pager's own. */
static uint64_t page_of[FRAMES_MAX]; /* by frame: its address, 0: unused */
static uint32_t frames, tables;
static uint32_t unused[FRAMES_MAX]; /* a stack of frames */
static uint32_t unused_count;
static seL4_Word stack[2048] __attribute__((aligned(16)));
static seL4_Word tls[WORDS];

static void say(const char *text)
{
    for (; *text; text++)
        rt_put_char(*text);
}

static _Noreturn void give_up(const char *what)
{
    say("\r\nBail out! pager: ");
    say(what);
    say("\r\n");
    rt_end(1);
}

static seL4_Error retype(seL4_Word type, seL4_CPtr slot)
{
    return seL4_Untyped_Retype(UNTYPED, type, 0, SELF, 0, 0, slot, 1);
}

static void add_table(uint64_t address)
{
    seL4_CPtr slot = TABLES + tables++;

    if (slot >= FRAMES || retype(seL4_RISCV_PageTableObject, slot) ||
        seL4_RISCV_PageTable_Map(slot, SPACE, address, 0))
        give_up("no page table");
}

static uint32_t take_frame(void)
{
    if (unused_count > 0)
        return unused[--unused_count];
    if (frames == FRAMES_MAX || retype(seL4_RISCV_4K_Page, FRAMES + frames))
        give_up("no memory");
    return frames++;
}

static bool add_page(uint64_t address)
{
    uint32_t frame;

    address -= address % PAGE_BYTES;
    if (address < HEAP_START || address >= ARENA_END)
        return false;
    frame = take_frame();
    for (;;) {
        seL4_Error error =
            seL4_RISCV_Page_Map(FRAMES + frame, SPACE, address, seL4_ReadWrite,
                                seL4_RISCV_ExecuteNever);

        if (error == seL4_NoError)
            break;
        if (error != seL4_FailedLookup)
            give_up("a page cannot be mapped");
        add_table(address);
    }
    page_of[frame] = address;
    return true;
}

/* Cleared while they are still mapped. */
static void give_back(uint64_t start, uint64_t end)
{
    for (uint32_t i = 0; i < frames; i++) {
        if (page_of[i] < start || page_of[i] >= end)
            continue;
        memset((void *)page_of[i], 0, PAGE_BYTES);
        if (seL4_RISCV_Page_Unmap(FRAMES + i) != seL4_NoError)
            give_up("a page cannot be unmapped");
        page_of[i] = 0;
        unused[unused_count++] = i;
    }
}

static void pager(seL4_IPCBuffer *buffer)
{
    seL4_MessageInfo_t info;
    seL4_Word badge;

    seL4_SetIPCBuffer(buffer);
    info = seL4_Recv(ENDPOINT, &badge);
    for (;;) {
        if (seL4_MessageInfo_get_label(info) == GIVE_BACK)
            give_back(seL4_GetMR(0), seL4_GetMR(1));
        else if (seL4_MessageInfo_get_label(info) != seL4_Fault_VMFault ||
                 !add_page(seL4_GetMR(1)))
            give_up("the program has faulted");
        info =
            seL4_ReplyRecv(ENDPOINT, seL4_MessageInfo_new(0, 0, 0, 0), &badge);
    }
}

static void must(seL4_Error error)
{
    if (error != seL4_NoError)
        give_up("it cannot be started");
}

static seL4_CPtr largest_untyped(const seL4_BootInfo *info)
{
    seL4_Word best = 0, bits = 0;

    for (seL4_Word i = 0; i < info->untyped.end - info->untyped.start; i++)
        if (!info->untypedList[i].isDevice &&
            info->untypedList[i].sizeBits > bits) {
            best = i;
            bits = info->untypedList[i].sizeBits;
        }
    return info->untyped.start + best;
}

static void start_pager(seL4_CPtr tcb, void *buffer)
{
    seL4_UserContext context = {
        .pc = (seL4_Word)pager,
        .sp = (seL4_Word)(stack + sizeof stack / sizeof *stack),
        .tp = (seL4_Word)tls,
        .a0 = (seL4_Word)buffer,
    };

    __asm__ volatile("mv %0, gp" : "=r"(context.gp));
    must(seL4_TCB_WriteRegisters(tcb, 1, 0, 32, &context));
}

static void put(seL4_CPtr cnode, seL4_Word index, seL4_CPtr from)
{
    must(seL4_CNode_Copy(cnode, index, RADIX, seL4_CapInitThreadCNode, from,
                         seL4_WordBits, seL4_AllRights));
}

/* Its buffer lies at the arena's first page. */
__attribute__((constructor)) static void begin(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    const seL4_Word root = seL4_CapInitThreadCNode;
    seL4_CPtr untyped = largest_untyped(info);
    seL4_CPtr cnode = info->empty.start, tcb = cnode + 1, frame = cnode + 2;
    void *buffer = (void *)ARENA_START;

    endpoint = cnode + 3;
    must(seL4_Untyped_Retype(untyped, seL4_CapTableObject, RADIX, root, 0, 0,
                             cnode, 1));
    must(seL4_Untyped_Retype(untyped, seL4_TCBObject, 0, root, 0, 0, tcb, 1));
    must(seL4_Untyped_Retype(untyped, seL4_RISCV_4K_Page, 0, root, 0, 0, frame,
                             1));
    must(seL4_Untyped_Retype(untyped, seL4_EndpointObject, 0, root, 0, 0,
                             endpoint, 1));
    for (seL4_CPtr table = cnode + 4;; table++) {
        seL4_Error error = seL4_RISCV_Page_Map(frame, seL4_CapInitThreadVSpace,
                                               ARENA_START, seL4_ReadWrite, 0);

        if (error == seL4_NoError)
            break;
        must(seL4_Untyped_Retype(untyped, seL4_RISCV_PageTableObject, 0, root,
                                 0, 0, table, 1));
        must(seL4_RISCV_PageTable_Map(table, seL4_CapInitThreadVSpace,
                                      ARENA_START, 0));
    }
    must(seL4_CNode_Move(cnode, UNTYPED, RADIX, root, untyped, seL4_WordBits));
    put(cnode, SELF, cnode);
    put(cnode, SPACE, seL4_CapInitThreadVSpace);
    put(cnode, ENDPOINT, endpoint);
    must(seL4_TCB_Configure(
        tcb, 0, cnode,
        seL4_CNode_CapData_new(0, seL4_WordBits - RADIX).words[0],
        seL4_CapInitThreadVSpace, 0, (seL4_Word)buffer, frame));
    must(seL4_TCB_SetPriority(tcb, seL4_CapInitThreadTCB, seL4_MaxPrio));
    must(seL4_TCB_SetSpace(seL4_CapInitThreadTCB, endpoint, root, 0,
                           seL4_CapInitThreadVSpace, 0));
    start_pager(tcb, buffer);
}

/* ---- What the hosted machine calls ---- */

/* A machine reserves a window and makes its RAM accessible: only the RAM
 * takes addresses here. */
static struct area {
    uint64_t window; /* 0: not in use */
    uint64_t start, end;
} areas[AREAS_MAX];
static struct area *last; /* of mmap() */
static unsigned live;

void *mmap(void *hint, size_t bytes, int protection, int flags, int file,
           long offset)
{
    (void)hint;
    (void)bytes;
    (void)protection;
    (void)flags;
    (void)file;
    (void)offset;
    for (last = areas; last < areas + AREAS_MAX; last++)
        if (last->window == 0) {
            live++;
            *last = (struct area){.window = next_address};
            return (void *)next_address;
        }
    errno = ENOMEM;
    return MAP_FAILED;
}

int mprotect(void *start, size_t bytes, int protection)
{
    uint64_t end = (uint64_t)start + bytes;

    (void)protection;
    if (end > ARENA_END) {
        errno = ENOMEM;
        return -1;
    }
    last->start = (uint64_t)start;
    last->end = end;
    next_address = (end + 2 * PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    return 0;
}

int madvise(void *start, size_t bytes, int advice)
{
    seL4_Word mr0 = (seL4_Word)start, mr1 = mr0 + bytes, mr2 = 0, mr3 = 0;

    (void)advice;
    seL4_CallWithMRs(endpoint, seL4_MessageInfo_new(GIVE_BACK, 0, 0, 2), &mr0,
                     &mr1, &mr2, &mr3);
    return 0;
}

/* Addresses are used again once there is no machine. */
int munmap(void *start, size_t bytes)
{
    (void)bytes;
    for (struct area *a = areas; a < areas + AREAS_MAX; a++)
        if (a->window == (uint64_t)start) {
            madvise((void *)a->start, a->end - a->start, MADV_DONTNEED);
            a->window = 0;
            if (--live == 0)
                next_address = MACHINES_START;
            return 0;
        }
    errno = EINVAL;
    return -1;
}

/* A heap in the image would need a slot of the root CNode for each page. */
void *sbrk(ptrdiff_t bytes)
{
    static uint64_t end = HEAP_START;
    uint64_t start = end;

    if (end + (uint64_t)bytes > ARENA_START) {
        errno = ENOMEM;
        return (void *)-1;
    }
    end += (uint64_t)bytes;
    return (void *)start;
}

/* There are no signals to raise. */
void abort(void)
{
    rt_end(1);
}
