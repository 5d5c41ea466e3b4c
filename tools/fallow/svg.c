/* SPDX-License-Identifier: BSD-2-Clause */
#include "svg.h"

#include <inttypes.h>

static void number_put(FILE *out, svg_length value)
{
    const char *sign = value < 0 ? "-" : "";
    int64_t n = value < 0 ? -value : value;

    fprintf(out, "%s%" PRId64, sign, n / 100);
    if (n % 100 != 0)
        fprintf(out, ".%02" PRId64, n % 100);
}

static void length_put(FILE *out, const char *name, svg_length value)
{
    fprintf(out, " %s=\"", name);
    number_put(out, value);
    putc('"', out);
}

static void text_put(FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            /* Control characters are not allowed in XML at all. */
            putc((unsigned char)*text < ' ' ? ' ' : *text, out);
        }
}

static void box_put(FILE *out, struct svg_box box)
{
    length_put(out, "x", box.x);
    length_put(out, "y", box.y);
    length_put(out, "width", box.width);
    length_put(out, "height", box.height);
}

void svg_begin(FILE *out, svg_length width, svg_length height,
               const char *title)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<svg xmlns=\"http://www.w3.org/2000/svg\"",
          out);
    length_put(out, "width", width);
    length_put(out, "height", height);
    fprintf(out, " viewBox=\"0 0 %" PRId64 " %" PRId64 "\"", width / SVG_PX,
            height / SVG_PX);
    fputs(" font-family=\"DejaVu Sans, Helvetica, Arial, sans-serif\">\n"
          "<title>",
          out);
    text_put(out, title);
    fputs("</title>\n"
          "<defs><pattern id=\"hatch\" width=\"4\" height=\"4\" "
          "patternUnits=\"userSpaceOnUse\"><path d=\"M0 4L4 0\" "
          "stroke=\"#000000\" stroke-opacity=\"0.22\"/></pattern></defs>\n",
          out);
    svg_rect(out, (struct svg_box){0, 0, width, height}, "#ffffff", NULL);
}

void svg_end(FILE *out)
{
    fputs("</svg>\n", out);
}

void svg_rect(FILE *out, struct svg_box box, const char *colour,
              const char *tip)
{
    fputs("<rect", out);
    box_put(out, box);
    fprintf(out, " fill=\"%s\"", colour);
    if (!tip) {
        fputs("/>\n", out);
        return;
    }
    fputs("><title>", out);
    text_put(out, tip);
    fputs("</title></rect>\n", out);
}

void svg_hatch(FILE *out, struct svg_box box)
{
    /* It must not take the pointer from what lies below. */
    fputs("<rect pointer-events=\"none\"", out);
    box_put(out, box);
    fputs(" fill=\"url(#hatch)\"/>\n", out);
}

void svg_frame(FILE *out, struct svg_box box, const char *colour)
{
    fputs("<rect", out);
    box_put(out, box);
    fprintf(out, " fill=\"none\" stroke=\"%s\"/>\n", colour);
}

void svg_line(FILE *out, const struct svg_point *points, unsigned count,
              const char *colour)
{
    fputs("<polyline points=\"", out);
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            putc(' ', out);
        number_put(out, points[i].x);
        putc(',', out);
        number_put(out, points[i].y);
    }
    fprintf(out, "\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n",
            colour);
}

void svg_text(FILE *out, svg_length x, svg_length y, unsigned size_px,
              enum svg_anchor anchor, const char *text)
{
    static const char *const anchors[] = {
        [SVG_LEFT] = "start",
        [SVG_MIDDLE] = "middle",
        [SVG_RIGHT] = "end",
    };

    fputs("<text", out);
    length_put(out, "x", x);
    length_put(out, "y", y);
    fprintf(out, " font-size=\"%u\" text-anchor=\"%s\">", size_px,
            anchors[anchor]);
    text_put(out, text);
    fputs("</text>\n", out);
}
