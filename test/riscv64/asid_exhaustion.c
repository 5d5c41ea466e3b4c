/* SPDX-License-Identifier: BSD-2-Clause */
/* ASIDs come to an end, in a pool and in pools, and are used again
 * (sel4-abi.md 4.11); a space whose pool has gone is no space any more. */
#include "task.h"

#define POOL_CAPACITY 512u
#define POOLS_MAX     128u
#define PAGE          0x20000000ul

static seL4_CPtr roots[POOL_CAPACITY + 1];
static struct task thread;

static seL4_Error assign(seL4_CPtr pool, seL4_CPtr root)
{
    return seL4_RISCV_ASIDPool_Assign(pool, root);
}

/* Assigns new roots until the pool is full: how many. */
static unsigned fill(seL4_CPtr pool, seL4_Error *last)
{
    unsigned count = 0;

    for (; count <= POOL_CAPACITY; count++) {
        if (roots[count] == 0)
            roots[count] = task_object(seL4_RISCV_PageTableObject, 0);
        *last = assign(pool, roots[count]);
        if (*last != seL4_NoError)
            break;
    }
    return count;
}

static seL4_CPtr make_pool(seL4_Error *error)
{
    seL4_CPtr untyped = task_object(seL4_UntypedObject, seL4_PageBits);
    seL4_CPtr pool = task_slot();

    *error = seL4_RISCV_ASIDControl_MakePool(seL4_CapASIDControl, untyped,
                                             TASK_ROOT, pool, seL4_WordBits);
    return *error == seL4_NoError ? pool : untyped;
}

static void test_pool(seL4_CPtr pool, unsigned capacity, const char *name)
{
    seL4_Error last;
    unsigned count = fill(pool, &last);

    tap_is(count, capacity, "%s", name);
    tap_is(last, seL4_DeleteFirst, "then it is full");
    tap_is(task_delete(roots[7]), seL4_NoError, "one space is deleted");
    roots[7] = 0;
    tap_is(assign(pool, roots[count]), seL4_NoError, "its number is free");
    roots[7] = roots[count];
    roots[count] = 0;
    tap_is(fill(pool, &last), 0, "and was the only one");
}

static void delete_roots(void)
{
    unsigned wrong = 0;

    for (unsigned i = 0; i <= POOL_CAPACITY; i++) {
        if (roots[i] != 0)
            wrong += task_delete(roots[i]) != seL4_NoError;
        roots[i] = 0;
    }
    tap_is(wrong, 0, "all spaces are deleted");
}

/* What a space of this pool can do before and after the pool is deleted. */
static void test_deleted_pool(seL4_CPtr pool, seL4_CPtr pool_copy)
{
    seL4_CPtr root = task_object(seL4_RISCV_PageTableObject, 0);
    seL4_CPtr frame = task_object(seL4_RISCV_4K_Page, 0);
    seL4_CPtr second = task_object(seL4_RISCV_4K_Page, 0);
    seL4_UserContext context = {.pc = PAGE};
    seL4_Word mr[4];

    task_map(frame, TASK_VSPACE, PAGE, seL4_ReadWrite, 0);
    *(volatile seL4_Uint32 *)PAGE = 0x0000006f; /* j . */
    task_fence_code();
    seL4_RISCV_Page_Unmap(frame);
    tap_is(assign(pool, root), seL4_NoError, "a space of another pool");
    tap_is(task_map(frame, root, PAGE, seL4_ReadWrite, 0), seL4_NoError,
           "with a page");
    task_create(&thread, root, 0);
    seL4_TCB_WriteRegisters(thread.tcb, 1, 0, 32, &context);
    seL4_Yield();
    seL4_TCB_ReadRegisters(thread.tcb, 0, 0, 32, &context);
    tap_is(context.pc, PAGE, "whose thread runs");
    tap_is(task_delete(pool), seL4_NoError, "one capability to the pool goes");
    tap_is(task_map(second, root, PAGE + 4096, seL4_ReadWrite, 0), seL4_NoError,
           "the space goes on");
    tap_is(task_delete(pool_copy), seL4_NoError, "the last one goes");
    tap_is(task_wait_fault(mr), seL4_Fault_VMFault, "its thread faults");
    tap_ok(mr[0] == PAGE && mr[1] == PAGE && mr[2] == 1, "at its instruction");
    tap_is(seL4_RISCV_Page_Map(second, root, PAGE + 8192, seL4_ReadWrite, 0),
           seL4_FailedLookup, "nothing is mapped there any more");
    tap_is(seL4_RISCV_Page_Unmap(frame), seL4_NoError, "but unmapped");
    seL4_TCB_Suspend(thread.tcb);
}

int main(void)
{
    seL4_Error error = seL4_NoError;
    seL4_CPtr pool = 0, last = 0, copy = task_slot();
    unsigned count = 0;

    /* Numbers 0, nobody's, and 1, ours, are taken. */
    test_pool(seL4_CapInitThreadASIDPool, POOL_CAPACITY - 2,
              "the first pool has room for 510 spaces");
    delete_roots();
    for (; count <= POOLS_MAX && error == seL4_NoError; count++) {
        pool = last;
        last = make_pool(&error);
    }
    tap_is(count - 1, POOLS_MAX - 1, "127 more pools can be made");
    tap_is(error, seL4_DeleteFirst, "then there is none");
    test_pool(pool, POOL_CAPACITY, "each has room for 512");
    delete_roots();
    tap_is(seL4_CNode_Copy(TASK_ROOT, copy, seL4_WordBits, TASK_ROOT, pool,
                           seL4_WordBits, seL4_AllRights),
           seL4_NoError, "a pool's capability is copied");
    test_deleted_pool(pool, copy);
    tap_is(seL4_RISCV_ASIDControl_MakePool(seL4_CapASIDControl, last, TASK_ROOT,
                                           pool, seL4_WordBits),
           seL4_NoError, "a pool can be made in its stead");
    test_pool(pool, POOL_CAPACITY, "with room for 512");
    return tap_done();
}
