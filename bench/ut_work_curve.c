/* SPDX-License-Identifier: BSD-2-Clause */
/* How much of what is free can be had as large blocks, at each level of use:
 * 8 GiB with w1's orders, filled in steps, turned over, and then emptied in
 * steps.  On the way up most of what is free was never used; on the way down
 * all of it was.  At each step memory is turned over for a while; then all
 * blocks of 1 GiB that can be had are taken and given back, then all of 2
 * MiB. */
#include "ut_work.h"

#include "svg.h"

#include <inttypes.h>

#define STEP       5u
#define STEPS      (95u / STEP)
#define TURNS      10000u
#define FULL_TURNS 200000u /* at the fullest */
#define BLOCKS_MAX 4096u
#define SIZES      2u
#define WAYS       2u

static const char *const ways[WAYS] = {"up", "down"};

static const struct {
    unsigned order;
    const char *name;
} sizes[SIZES] = {{9, "2 MiB"}, {18, "1 GiB"}};

static struct point {
    uint64_t blocks, wanted; /* got; all that is free, in such blocks */
} points[DRIVE_KINDS][WAYS][STEPS][SIZES];

static void probe(struct drive *d, uint32_t first, unsigned size,
                  struct point *point)
{
    struct drive_request r = drive_order(sizes[size].order, UT_CLASS_HUGE);
    uint32_t blocks = 0;

    point->wanted = drive_free_bytes(d) >> r.size_bits;
    r.pages_will_do = false;
    while (blocks < BLOCKS_MAX && drive_alloc(d, first + blocks, &r))
        blocks++;
    point->blocks = blocks;
    for (uint32_t i = 0; i < blocks; i++)
        drive_free(d, first + i);
}

static void turn_over(struct noise *n, uint32_t turns)
{
    while (turns-- > 0)
        noise_step(n);
}

static void step(struct noise *n, uint32_t first, unsigned way, unsigned i)
{
    struct drive *d = n->d;
    uint64_t pages = d->figures.managed_bytes >> UT_PAGE_BITS;
    uint64_t target = pages * (i + 1) * STEP / 100;

    n->target_pages = target;
    while (n->live_pages > target || n->live_pages + pages / 1000 < target)
        noise_step(n);
    turn_over(n, TURNS);
    for (unsigned size = SIZES; size-- > 0;)
        probe(d, first, size, &points[d->kind][way][i][size]);
}

void work_curve(struct drive *d, const struct workload *w)
{
    uint32_t first = w->ids - BLOCKS_MAX;
    struct noise n;

    if (!noise_start(&n, d, w->seed, noise_w1, first))
        return;
    for (unsigned i = 0; i < STEPS && d->figures.broken[0] == '\0'; i++)
        step(&n, first, 0, i);
    turn_over(&n, FULL_TURNS);
    for (unsigned i = STEPS; i-- > 0 && d->figures.broken[0] == '\0';)
        step(&n, first, 1, i);
    noise_end(&n);
}

/* ---- The drawing ----------------------------------------------------------
 */

#define LEFT   60
#define TOP    40
#define WIDTH  380
#define HEIGHT 260
#define GAP    80

static const char *const colours[DRIVE_KINDS] = {"#1b6ca8", "#d1495b",
                                                 "#66a182", "#8d6a9f"};

static uint64_t percent_of(const struct point *p)
{
    return p->wanted == 0 ? 0 : p->blocks * 100 / p->wanted;
}

static svg_length x_of(unsigned size, uint64_t utilisation)
{
    return (LEFT + size * (WIDTH + GAP)) * SVG_PX +
           (svg_length)utilisation * WIDTH * SVG_PX / 100;
}

static svg_length y_of(unsigned way, uint64_t percent)
{
    return (TOP + HEIGHT + way * (HEIGHT + GAP)) * SVG_PX -
           (svg_length)percent * HEIGHT * SVG_PX / 100;
}

static void axes_draw(FILE *out, unsigned size, unsigned way)
{
    struct svg_box box = {x_of(size, 0), y_of(way, 100), WIDTH * SVG_PX,
                          HEIGHT * SVG_PX};
    char text[80];

    svg_frame(out, box, "#808080");
    for (uint64_t at = 0; at <= 100; at += 20) {
        snprintf(text, sizeof text, "%" PRIu64, at);
        svg_text(out, x_of(size, at), y_of(way, 0) + 16 * SVG_PX, 11,
                 SVG_MIDDLE, text);
        svg_text(out, x_of(size, 0) - 6 * SVG_PX, y_of(way, at) + 4 * SVG_PX,
                 11, SVG_RIGHT, text);
    }
    snprintf(text, sizeof text, "%s, on the way %s: free memory to be had, %%",
             sizes[size].name, ways[way]);
    svg_text(out, x_of(size, 50), y_of(way, 100) - 12 * SVG_PX, 13, SVG_MIDDLE,
             text);
    svg_text(out, x_of(size, 50), y_of(way, 0) + 34 * SVG_PX, 12, SVG_MIDDLE,
             "memory in use, %");
}

static void curves_draw(FILE *out, unsigned size, unsigned way)
{
    for (unsigned k = 0; k < DRIVE_KINDS; k++) {
        struct svg_point line[STEPS];

        for (unsigned i = 0; i < STEPS; i++)
            line[i] = (struct svg_point){
                x_of(size, (i + 1) * STEP),
                y_of(way, percent_of(&points[k][way][i][size])),
            };
        svg_line(out, line, STEPS, colours[k]);
    }
}

static bool svg_write(const char *path)
{
    FILE *out = fopen(path, "w");
    bool failed;

    if (!out)
        return false;
    svg_begin(out, (LEFT + 2 * WIDTH + GAP + 20) * SVG_PX,
              (TOP + WAYS * (HEIGHT + GAP)) * SVG_PX,
              "Large blocks against utilisation");
    for (unsigned i = 0; i < SIZES * WAYS; i++) {
        axes_draw(out, i % SIZES, i / SIZES);
        curves_draw(out, i % SIZES, i / SIZES);
    }
    for (unsigned k = 0; k < DRIVE_KINDS; k++) {
        svg_length x = (LEFT + (svg_length)k * 130) * SVG_PX;
        svg_length y = (TOP + WAYS * (HEIGHT + GAP) - 18) * SVG_PX;
        struct svg_box box = {x, y - 9 * SVG_PX, 18 * SVG_PX, 9 * SVG_PX};

        svg_rect(out, box, colours[k], NULL);
        svg_text(out, x + 24 * SVG_PX, y, 12, SVG_LEFT, drive_name(k));
    }
    svg_end(out);
    failed = ferror(out) != 0;
    return fclose(out) == 0 && !failed;
}

static bool tsv_write(const char *path)
{
    FILE *out = fopen(path, "w");
    bool failed;

    if (!out)
        return false;
    fprintf(out, "size\tway\tstrategy\tutilisation\tblocks\twanted\n");
    for (unsigned i = 0; i < SIZES * WAYS * DRIVE_KINDS * STEPS; i++) {
        unsigned u = i % STEPS, k = i / STEPS % DRIVE_KINDS;
        unsigned way = i / STEPS / DRIVE_KINDS % WAYS;
        unsigned size = i / STEPS / DRIVE_KINDS / WAYS;
        const struct point *p = &points[k][way][u][size];

        fprintf(out, "%s\t%s\t%s\t%u\t%" PRIu64 "\t%" PRIu64 "\n",
                sizes[size].name, ways[way], drive_name(k), (u + 1) * STEP,
                p->blocks, p->wanted);
    }
    failed = ferror(out) != 0;
    return fclose(out) == 0 && !failed;
}

bool work_curve_write(const char *tsv_path, const char *svg_path)
{
    if (!tsv_write(tsv_path)) {
        perror(tsv_path);
        return false;
    }
    if (!svg_write(svg_path)) {
        perror(svg_path);
        return false;
    }
    return true;
}
