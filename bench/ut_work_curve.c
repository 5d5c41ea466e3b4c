/* SPDX-License-Identifier: BSD-2-Clause */
/* How much of what is free can be had as large blocks, at each level of use:
 * 8 GiB with w1's orders, filled, turned over, and then emptied in steps, so
 * that all that is free has been used.  At each step memory is turned over for
 * a while; then all blocks of 1 GiB that can be had are taken and given back,
 * then all of 2 MiB. */
#include "ut_work.h"

#include "svg.h"

#include <inttypes.h>

#define STEP        5u
#define STEPS       (95u / STEP)
#define TURNS       20000u
#define FIRST_TURNS 200000u
#define BLOCKS_MAX  4096u
#define SIZES       2u

static const struct {
    unsigned order;
    const char *name;
} sizes[SIZES] = {{9, "2 MiB"}, {18, "1 GiB"}};

static struct point {
    uint64_t blocks, wanted; /* got; all that is free, in such blocks */
} points[DRIVE_KINDS][STEPS][SIZES];

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

void work_curve(struct drive *d, const struct workload *w)
{
    uint64_t pages = d->figures.managed_bytes >> UT_PAGE_BITS;
    uint32_t first = w->ids - BLOCKS_MAX;
    struct noise n;

    if (!noise_start(&n, d, w->seed, noise_w1, first))
        return;
    n.target_pages = pages * STEPS * STEP / 100;
    while (n.live_pages + n.target_pages / 1000 < n.target_pages)
        noise_step(&n);
    turn_over(&n, FIRST_TURNS);
    for (unsigned i = STEPS; i-- > 0 && d->figures.broken[0] == '\0';) {
        n.target_pages = pages * (i + 1) * STEP / 100;
        while (n.live_pages > n.target_pages)
            noise_step(&n);
        turn_over(&n, TURNS);
        for (unsigned size = SIZES; size-- > 0;)
            probe(d, first, size, &points[d->kind][i][size]);
    }
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

static svg_length y_of(uint64_t percent)
{
    return (TOP + HEIGHT) * SVG_PX -
           (svg_length)percent * HEIGHT * SVG_PX / 100;
}

static void axes_draw(FILE *out, unsigned size)
{
    struct svg_box box = {x_of(size, 0), y_of(100), WIDTH * SVG_PX,
                          HEIGHT * SVG_PX};
    char text[80];

    svg_frame(out, box, "#808080");
    for (uint64_t at = 0; at <= 100; at += 20) {
        snprintf(text, sizeof text, "%" PRIu64, at);
        svg_text(out, x_of(size, at), y_of(0) + 16 * SVG_PX, 11, SVG_MIDDLE,
                 text);
        svg_text(out, x_of(size, 0) - 6 * SVG_PX, y_of(at) + 4 * SVG_PX, 11,
                 SVG_RIGHT, text);
    }
    snprintf(text, sizeof text, "%s: free memory that can be had, %%",
             sizes[size].name);
    svg_text(out, x_of(size, 50), (TOP - 12) * SVG_PX, 13, SVG_MIDDLE, text);
    svg_text(out, x_of(size, 50), y_of(0) + 34 * SVG_PX, 12, SVG_MIDDLE,
             "memory in use, %");
}

static void curves_draw(FILE *out, unsigned size)
{
    for (unsigned k = 0; k < DRIVE_KINDS; k++) {
        struct svg_point line[STEPS];

        for (unsigned i = 0; i < STEPS; i++)
            line[i] = (struct svg_point){
                x_of(size, (i + 1) * STEP),
                y_of(percent_of(&points[k][i][size])),
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
              (TOP + HEIGHT + 80) * SVG_PX, "Large blocks against utilisation");
    for (unsigned s = 0; s < SIZES; s++) {
        axes_draw(out, s);
        curves_draw(out, s);
    }
    for (unsigned k = 0; k < DRIVE_KINDS; k++) {
        svg_length x = (LEFT + (svg_length)k * 130) * SVG_PX;
        svg_length y = (TOP + HEIGHT + 62) * SVG_PX;
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
    fprintf(out, "size\tstrategy\tutilisation\tblocks\twanted\n");
    for (unsigned s = 0; s < SIZES; s++)
        for (unsigned k = 0; k < DRIVE_KINDS; k++)
            for (unsigned i = 0; i < STEPS; i++)
                fprintf(out, "%s\t%s\t%u\t%" PRIu64 "\t%" PRIu64 "\n",
                        sizes[s].name, drive_name(k), (i + 1) * STEP,
                        points[k][i][s].blocks, points[k][i][s].wanted);
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
