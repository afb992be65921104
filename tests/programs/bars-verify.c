// SPDX-License-Identifier: GPL-2.0-only
/*
 * bars-verify - verify converted pictures of vipin's colour bars
 *
 * A converted frame has lost its stamp. But it still shows eight bars of the same width, in
 * known colours and a known order, and small dots over them. The dots move by one place
 * from one frame to the next (vipin-dots.c). So this program checks the mean colour of each
 * bar, in each of eight bands from top to bottom, and the place of the dots.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/number.h"
#include "common/standard-output.h"

#define BARS		8
#define BANDS		8
#define COMPLAINTS	5
#define MAX_SIDE	32768
#define MAX_PICTURES	1000000

/* These are as in vipin-dots.c, in bytes of the frame before it was converted. */
#define DOTS_START	32
#define DOTS_APART	2048
#define DOT_SIZE	8
#define STAMP_LINES	2
#define PLACES		(DOTS_APART / DOT_SIZE)

/* Bytes of a pixel before it was converted. */
#define YUYV_BYTES	2

/* A mean colour may differ by this much, of 255. */
#define ALLOWED		24

static const char usage[] =
	"Usage: bars-verify [-r COUNT] FORMAT WIDTH HEIGHT\n"
	"Reads pictures of vipin's colour bars from standard input: RGB3, BGR3, YU12 or\n"
	"YV12 of WIDTH x HEIGHT. They were converted from frames in YUYV.\n"
	"Prints the number of pictures, of bad ones (the mean colour of a bar differs by more\n"
	"than 24 of 255, or the dots did not move, or there are none), and of dropped ones\n"
	"between the first and the last, and the largest difference of a colour.\n"
	"  -r COUNT  the program that made the pictures has a clock of its own, and repeats\n"
	"            some: count none whose dots did not move, and ignore all after COUNT\n"
	"Exit status: 0 there is a picture and none is bad, 1 otherwise, 2 could not run.\n";

/* v4l2-tpg's "75% Colorbar". */
static const unsigned char nominal[BARS][3] = {
	{ 191, 191, 191 }, { 191, 191, 0 }, { 0, 191, 191 }, { 0, 191, 0 },
	{ 191, 0, 191 }, { 191, 0, 0 }, { 0, 0, 191 }, { 0, 0, 0 },
};

struct picture {
	const char *format;
	int width;
	int height;
	size_t length;
	unsigned char *data;
	/* The bar of each column, or NOT_USED. */
	signed char *bar;
};

/* At the edge of a bar two bars share the chroma. */
#define NOT_USED	-1

struct count {
	unsigned long frames;
	unsigned long bad;
	unsigned long dropped;
	/* Not 0: pictures may be repeated, and this many count. */
	unsigned long enough;
	int place;
	int off;
};

/* Sums over all pixels of a picture. */
struct sums {
	/* Difference from the colours of the bars, for each place where dots may be. */
	long off[PLACES];
	long pixels[PLACES];
	/* Colours in one band. */
	long colour[BARS][3];
	long in_bar[BARS];
};

/* Convert from fixed point with 16 fractional bits. */
static int clamp_byte(int value)
{
	value = (value + (1 << 15)) >> 16;
	return value < 0 ? 0 : value > 255 ? 255 : value;
}

/*
 * Convert from limited-range Rec. 601, in which vipin paints YUV formats. Fixed point with
 * 16 fractional bits is used, since an emulated machine is slow with floating point.
 */
static void yuv_pixel(const struct picture *p, int x, int y, int rgb[3])
{
	size_t luma = (size_t)p->width * p->height, chroma = luma / 4;
	size_t at = (size_t)(y / 2) * (p->width / 2) + x / 2;
	bool v_first = p->format[1] == 'V';
	int l = (p->data[(size_t)y * p->width + x] - 16) * 76309;
	int u = p->data[luma + (v_first ? chroma : 0) + at] - 128;
	int v = p->data[luma + (v_first ? 0 : chroma) + at] - 128;

	rgb[0] = clamp_byte(l + 104597 * v);
	rgb[1] = clamp_byte(l - 25675 * u - 53279 * v);
	rgb[2] = clamp_byte(l + 132201 * u);
}

static void pixel(const struct picture *p, int x, int y, int rgb[3])
{
	const unsigned char *at;
	int i;

	if (p->format[0] == 'Y') {
		yuv_pixel(p, x, y, rgb);
		return;
	}
	at = p->data + 3 * ((size_t)y * p->width + x);
	for (i = 0; i < 3; i++)
		rgb[i] = at[p->format[0] == 'B' ? 2 - i : i];
}

static void divide_into_bars(struct picture *p)
{
	int x, wide = p->width / BARS;

	for (x = 0; x < p->width; x++)
		p->bar[x] = x % wide < wide / 5 || x % wide >= wide - wide / 5 ?
			    NOT_USED : x / wide;
}

/* Add a line of the picture to the sums. The stamp's lines do not count for the bars. */
static void add_line(const struct picture *p, int y, struct sums *sums)
{
	int x, i, bar, place, rgb[3];
	size_t at = (size_t)y * p->width * YUYV_BYTES;

	for (x = 0; x < p->width; x++, at += YUYV_BYTES) {
		bar = p->bar[x];
		if (bar == NOT_USED)
			continue;
		pixel(p, x, y, rgb);
		if (y >= STAMP_LINES) {
			for (i = 0; i < 3; i++)
				sums->colour[bar][i] += rgb[i];
			sums->in_bar[bar]++;
		}
		if (at < DOTS_START)
			continue;
		place = (at - DOTS_START) % DOTS_APART / DOT_SIZE;
		for (i = 0; i < 3; i++)
			sums->off[place] += abs(rgb[i] - nominal[bar][i]);
		sums->pixels[place]++;
	}
}

/* Return the largest difference of a mean colour in this band, and clear the band's sums. */
static int end_band(struct sums *sums)
{
	int bar, i, off, worst = 0;
	long mean;

	for (bar = 0; bar < BARS; bar++) {
		for (i = 0; i < 3; i++) {
			mean = (sums->colour[bar][i] + sums->in_bar[bar] / 2) / sums->in_bar[bar];
			off = abs((int)mean - nominal[bar][i]);
			if (off > worst)
				worst = off;
		}
	}
	memset(sums->colour, 0, sizeof(sums->colour));
	memset(sums->in_bar, 0, sizeof(sums->in_bar));
	return worst;
}

/*
 * Find the place of the dots: their pixels differ most from the colours of the bars, even if
 * a codec has blurred them. Return -1 if no place stands out.
 */
static int find_place(const struct sums *sums)
{
	double off[PLACES] = { 0 }, sum = 0;
	int place, best = 0;

	for (place = 0; place < PLACES; place++) {
		if (sums->pixels[place])
			off[place] = (double)sums->off[place] / sums->pixels[place];
		sum += off[place];
		if (off[place] > off[best])
			best = place;
	}
	return off[best] > 2 * (sum - off[best]) / (PLACES - 1) + 3 ? best : -1;
}

static void complain(struct count *count, const char *why, int value)
{
	count->bad++;
	if (count->bad <= COMPLAINTS)
		fprintf(stderr, "bars-verify: frame %lu: %s %d\n", count->frames, why, value);
}

static void verify(struct count *count, const struct picture *p)
{
	int place, moved, y, band, off, worst = 0;
	struct sums sums = { 0 };

	for (y = 0, band = 0; band < BANDS; band++) {
		for (; y < (band + 1) * p->height / BANDS; y++)
			add_line(p, y, &sums);
		off = end_band(&sums);
		if (off > worst)
			worst = off;
	}
	place = find_place(&sums);
	if (worst > count->off)
		count->off = worst;
	moved = (place + PLACES - count->place) % PLACES;
	if (worst > ALLOWED)
		complain(count, "the mean colour of a bar differs by", worst);
	else if (place < 0)
		complain(count, "there are no dots at any of the places:", PLACES);
	else if (count->frames && !moved && count->enough)
		return;
	else if (count->frames && !moved)
		complain(count, "the dots are still at the place of the frame before:", place);
	else if (count->frames)
		count->dropped += moved - 1;
	count->place = place;
	count->frames++;
}

int main(int argc, char **argv)
{
	struct picture p = { 0 };
	struct count count = { 0 };
	unsigned long width, height;
	size_t got;

	standard_output_check();
	if (argc > 2 && !strcmp(argv[1], "-r")) {
		if (!number_parse(argv[2], 1, MAX_PICTURES, &count.enough)) {
			fputs(usage, stderr);
			return 2;
		}
		argv += 2;
		argc -= 2;
	}
	if (argc != 4 || !strstr("RGB3 BGR3 YU12 YV12", argv[1])) {
		fputs(usage, stderr);
		return 2;
	}
	p.format = argv[1];
	if (!number_parse(argv[2], 10 * BARS, MAX_SIDE, &width) ||
	    !number_parse(argv[3], 4 * BANDS, MAX_SIDE, &height) ||
	    width % BARS || height % 2) {
		fputs(usage, stderr);
		return 2;
	}
	p.width = width;
	p.height = height;
	p.length = (size_t)p.width * p.height * 3 / (p.format[0] == 'Y' ? 2 : 1);
	p.data = malloc(p.length);
	p.bar = malloc(p.width);
	if (!p.data || !p.bar) {
		perror("bars-verify");
		return 2;
	}
	divide_into_bars(&p);
	while ((got = fread(p.data, 1, p.length, stdin)) == p.length)
		if (!count.enough || count.frames < count.enough)
			verify(&count, &p);
	if (ferror(stdin)) {
		perror("bars-verify: standard input");
		return 2;
	}
	if (got) {
		complain(&count, "it is incomplete, with bytes:", (int)got);
		count.frames++;
	}
	free(p.bar);
	free(p.data);
	printf("%lu frames, %lu bad, %lu dropped, colours off by %d at most\n", count.frames,
	       count.bad, count.dropped, count.off);
	return count.frames && !count.bad ? 0 : 1;
}
