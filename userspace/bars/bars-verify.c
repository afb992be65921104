// SPDX-License-Identifier: GPL-2.0-only
/*
 * bars-verify.c - reads converted pictures of vipin's colour bars from standard input,
 * and says how many show the bars as they were painted, and how many are missing
 *
 * A converted frame has no stamp any more. What it still has is the picture: eight bars
 * of known colours, of the same width, in a known order, that move to the right by the
 * same few pixels from one frame to the next. So this looks at the mean colour of each
 * bar, in each of eight bands from top to bottom, and at where the bars are.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BARS		8
#define BANDS		8
#define COMPLAINTS	5

static const char usage[] =
	"Usage: bars-verify FORMAT WIDTH HEIGHT [OFF]\n"
	"Reads pictures of vipin's colour bars from standard input: RGB3, BGR3, YU12 or\n"
	"YV12 of WIDTH x HEIGHT, without a gap. Prints how many came, how many of them are bad\n"
	"(a bar's mean colour is off by more than OFF of 255, 24 if not given, or the bars\n"
	"are not where a later frame has them), how many are missing in between, and by how\n"
	"much colours are off at most. Status 0: at least one came and none was bad; 1: some\n"
	"were; 2: this text.\n";

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
};

struct count {
	unsigned long frames;
	unsigned long bad;
	unsigned long dropped;
	int shift;
	int off;
};

static int clamp_byte(double value)
{
	return value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
}

/* Limited-range Rec. 601, which is what vipin paints YUV formats in. */
static void yuv_pixel(const struct picture *p, int x, int y, int rgb[3])
{
	size_t luma = (size_t)p->width * p->height, chroma = luma / 4;
	size_t at = (size_t)(y / 2) * (p->width / 2) + x / 2;
	bool v_first = !strcmp(p->format, "YV12");
	double l = (p->data[(size_t)y * p->width + x] - 16) * 255 / 219.;
	double u = (p->data[luma + (v_first ? chroma : 0) + at] - 128) * 255 / 224.;
	double v = (p->data[luma + (v_first ? 0 : chroma) + at] - 128) * 255 / 224.;

	rgb[0] = clamp_byte(l + 1.402 * v);
	rgb[1] = clamp_byte(l - 0.344136 * u - 0.714136 * v);
	rgb[2] = clamp_byte(l + 1.772 * u);
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

/* Which bar is at x in a picture whose bars have moved by shift. */
static int bar_at(const struct picture *p, int x, int shift)
{
	return (x + p->width - shift) % p->width * BARS / p->width;
}

/* Where one line's pixels are nearest to what they should be. */
static int find_shift(const struct picture *p, int y)
{
	long least = -1, error;
	int shift, best = 0, x, i, rgb[3];
	int *line = malloc(sizeof(int) * 3 * p->width);

	if (!line)
		abort();
	for (x = 0; x < p->width; x++)
		pixel(p, x, y, line + 3 * x);
	for (shift = 0; shift < p->width; shift++) {
		error = 0;
		for (x = 0; x < p->width; x++) {
			memcpy(rgb, line + 3 * x, sizeof(rgb));
			for (i = 0; i < 3; i++)
				error += abs(rgb[i] - nominal[bar_at(p, x, shift)][i]);
		}
		if (least < 0 || error < least) {
			least = error;
			best = shift;
		}
	}
	free(line);
	return best;
}

/*
 * How far the mean colours of the bars are off in one band. Left out are the edges,
 * where chroma is shared with the next bar, and the first line, where the stamp is.
 */
static int band_off(const struct picture *p, int band, int shift)
{
	int last = (band + 1) * p->height / BANDS, edge = p->width / BARS / 5;
	int y = band * p->height / BANDS ?: 2, x, i, bar, into, rgb[3], worst = 0;
	double sum[BARS][3] = { 0 };
	long pixels[BARS] = { 0 };

	for (; y < last; y++) {
		for (x = 0; x < p->width; x++) {
			bar = bar_at(p, x, shift);
			into = (x + p->width - shift) % p->width - bar * p->width / BARS;
			if (into < edge || into >= p->width / BARS - edge)
				continue;
			pixel(p, x, y, rgb);
			for (i = 0; i < 3; i++)
				sum[bar][i] += rgb[i];
			pixels[bar]++;
		}
	}
	for (bar = 0; bar < BARS; bar++) {
		for (i = 0; i < 3; i++) {
			int off = abs(clamp_byte(sum[bar][i] / pixels[bar]) - nominal[bar][i]);

			if (off > worst)
				worst = off;
		}
	}
	return worst;
}

static void complain(struct count *count, const char *why, int value)
{
	count->bad++;
	if (count->bad <= COMPLAINTS)
		fprintf(stderr, "bars-verify: frame %lu: %s %d\n", count->frames, why, value);
}

static void look_at(struct count *count, const struct picture *p, int allowed)
{
	/* As v4l2-tpg has it for a picture that moves to the right. */
	int step = (p->width + 639) / 640 * 4;
	int shift = find_shift(p, p->height / 2), moved, band, off, worst = 0;

	for (band = 0; band < BANDS; band++) {
		off = band_off(p, band, shift);
		if (off > worst)
			worst = off;
	}
	if (worst > count->off)
		count->off = worst;
	moved = (shift + p->width - count->shift) % p->width;
	if (worst > allowed)
		complain(count, "a bar's mean colour is off by", worst);
	else if (count->frames && (!moved || moved % step))
		complain(count, "since the last frame the bars have moved by", moved);
	else if (count->frames)
		count->dropped += moved / step - 1;
	count->shift = shift;
	count->frames++;
}

int main(int argc, char **argv)
{
	struct picture p = { 0 };
	struct count count = { 0 };
	int allowed = argc == 5 ? atoi(argv[4]) : 24;
	size_t got;

	if (argc < 4 || argc > 5 || !strstr("RGB3 BGR3 YU12 YV12", argv[1])) {
		fputs(usage, stderr);
		return 2;
	}
	p.format = argv[1];
	p.width = atoi(argv[2]);
	p.height = atoi(argv[3]);
	if (p.width < 10 * BARS || p.height < 2 * BANDS || p.width % BARS || p.height % 2) {
		fputs(usage, stderr);
		return 2;
	}
	p.length = (size_t)p.width * p.height * 3 / (p.format[0] == 'Y' ? 2 : 1);
	p.data = malloc(p.length);
	if (!p.data) {
		perror("bars-verify");
		return 2;
	}
	while ((got = fread(p.data, 1, p.length, stdin)) == p.length)
		look_at(&count, &p, allowed);
	if (got) {
		complain(&count, "it is not whole, but has bytes:", (int)got);
		count.frames++;
	}
	free(p.data);
	printf("%lu frames, %lu bad, %lu dropped, colours off by %d at most\n", count.frames,
	       count.bad, count.dropped, count.off);
	return count.frames && !count.bad ? 0 : 1;
}
