// SPDX-License-Identifier: GPL-2.0-only
/*
 * every-format - does a vipin capture and send a right frame in each of its formats?
 *
 * The formats are those that the node enumerates. For each one, the sizes that the driver sets must
 * be those of V4L2's documentation, with and without padding. A frame must arrive by each method,
 * with a correct stamp and the same picture. A picture in a part of a frame must leave the rest of
 * the memory as it is, and be sent without it. If there is a node of vivid, its picture must be
 * the same, too: both use v4l2-tpg, and vivid has a table of formats of its own.
 */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/page.h"
#include "common/stamp.h"
#include "common/video-node.h"
#include "device.h"
#include "layout.h"
#include "must.h"

#define MAX_FRAME	HUGE_PAGE
/* A webcam of vivid has no smaller frame. */
#define WIDTH		320
#define HEIGHT		180
/* Bytes after the pixels in a line, and after a frame in an MMAP buffer. */
#define PADDING		6
#define MORE		5000
/* In the first frame, the first dot is at the second of its places (drivers/vipin/vipin-dots.c). */
#define DOT		8
#define FIRST_DOT	(sizeof(struct vipin_stamp) + DOT)
#define DOT_DISTANCE	2048

static const char usage[] =
	"Usage: every-format [-r VIVID] [-o OUTPUT] NODE\n"
	"Captures frames in each format of the vipin NODE, and prints a line for each format.\n"
	"  -r VIVID   compare the picture with that of this node, a webcam of vivid without text\n"
	"  -o OUTPUT  send each frame to this vipin\n"
	"All nodes have the same API. Those of vipin need the control Free Run.\n"
	"Exit status: 0 all are right, 1 some are wrong, 2 could not run.\n";

/*
 * Parts of a frame, in pixels: in the middle, and in the last corner. The lines of the second one
 * may be shorter than a stamp.
 */
static const struct v4l2_rect parts[] = {
	{ .left = 42, .top = 18, .width = 202, .height = 100 },
	{ .left = WIDTH - 16, .top = HEIGHT - 16, .width = 16, .height = 16 },
};

static struct device node, output, vivid;
static unsigned char plain[MAX_FRAME], other[MAX_FRAME], picture[MAX_FRAME];
static unsigned int formats, compared;

static bool wrong(const char *what, size_t a, size_t b)
{
	return device_fails(&node, "%s: %zu instead of %zu", what, a, b);
}

/* Compare the sizes that a driver has set with those of the documentation. */
static bool sizes_agree(const struct shape *want, const struct shape *got)
{
	unsigned int i;

	if (got->pieces != want->pieces)
		return wrong("pieces of memory", got->pieces, want->pieces);
	for (i = 0; i < want->pieces; i++) {
		if (got->line[i] != want->line[i])
			return wrong("bytesperline", got->line[i], want->line[i]);
		if (got->size[i] != want->size[i])
			return wrong("sizeimage", got->size[i], want->size[i]);
	}
	return true;
}

static bool stamped(const unsigned char *frame, size_t total)
{
	struct vipin_stamp stamp;
	char why[128];

	if (!stamp_agrees(frame, total, &stamp, why, sizeof(why)))
		return device_fails(&node, "%s", why);
	return !stamp.sequence || device_fails(&node, "it is not the first frame");
}

/* Remove the dots of the first frame. */
static void remove_dots(unsigned char *frame, size_t total)
{
	size_t at, i;

	for (at = FIRST_DOT; at + DOT <= total; at += DOT_DISTANCE)
		for (i = 0; i < DOT; i++)
			frame[at + i] = ~frame[at + i];
}

static bool same(const char *what, const unsigned char *a, const unsigned char *b, size_t size,
		 size_t from)
{
	size_t i;

	if (size <= from || !memcmp(a + from, b + from, size - from))
		return true;
	for (i = from; a[i] == b[i];)
		i++;
	return device_fails(&node, "%s: byte %zu is 0x%02x instead of 0x%02x", what, i, b[i], a[i]);
}

/* Compare the pixels of lines with padding with those of @plain. The stamp hides the first ones. */
static bool same_pixels(const struct shape *s, const struct shape *padded)
{
	const unsigned char *a = plain, *b = other;
	size_t from = sizeof(struct vipin_stamp), line;
	unsigned int i;

	for (i = 0; i < s->planes; i++)
		for (line = 0; line < s->lines[i]; line++) {
			if (!same("a line with padding", a, b, s->line[i], from))
				return false;
			a += s->line[i];
			b += padded->line[i];
			from = 0;
		}
	return true;
}

static bool capture_plain(__u32 fourcc, const struct shape *s)
{
	struct shape got;

	return device_set(&node, fourcc, WIDTH, HEIGHT, 0, &got) && sizes_agree(s, &got) &&
	       device_capture_userptr(&node, s, plain) && stamped(plain, s->total);
}

static bool send(__u32 fourcc, const struct shape *s)
{
	struct shape got;

	if (!output.path)
		return true;
	if (device_set(&output, fourcc, WIDTH, HEIGHT, 0, &got) && device_send(&output, s, plain))
		return sizes_agree(s, &got);
	return device_fails(&node, "%.90s: %.90s", output.path, output.why);
}

static bool by_mmap(const struct shape *s)
{
	return device_capture_mmap(&node, s, MORE, other) && stamped(other, s->total) &&
	       same("by MMAP", plain, other, s->total, sizeof(struct vipin_stamp));
}

static bool by_read(const struct shape *s)
{
	/* read() has no frames in several pieces. */
	if (s->pieces > 1)
		return true;
	return device_read(&node, s, other) && stamped(other, s->total) &&
	       same("by read()", plain, other, s->total, sizeof(struct vipin_stamp));
}

static bool with_padding(__u32 fourcc, const struct layout *layout, const struct shape *s)
{
	struct shape padded = layout_shape(layout, WIDTH, HEIGHT, PADDING), got;

	if (!device_set(&node, fourcc, WIDTH, HEIGHT, padded.line[0], &got) ||
	    !sizes_agree(&padded, &got) || !device_capture_userptr(&node, &padded, other) ||
	    !stamped(other, padded.total))
		return false;
	remove_dots(other, padded.total);
	return same_pixels(s, &padded);
}

/*
 * Copy the picture out of its part of @other, and fill its place there. With @back, copy it into
 * @other again. @s has the sizes of the picture, @whole those of the frame.
 */
static void move_picture(const struct v4l2_rect *part, const struct shape *s,
			 const struct shape *whole, bool back)
{
	unsigned char *to = picture, *plane = other, *from;
	size_t line;
	unsigned int i;

	for (i = 0; i < s->planes; i++) {
		from = plane + part->top * s->lines[i] / part->height * whole->line[i] +
		       part->left * s->line[i] / part->width;
		for (line = 0; line < s->lines[i]; line++) {
			if (back) {
				memcpy(from, to, s->line[i]);
			} else {
				memcpy(to, from, s->line[i]);
				memset(from, FILL, s->line[i]);
			}
			to += s->line[i];
			from += whole->line[i];
		}
		plane += whole->line[i] * whole->lines[i];
	}
}

/* A part of a frame, which has padding too. */
static bool partly(__u32 fourcc, const struct layout *layout, const struct v4l2_rect *part)
{
	const struct shape s = layout_shape(layout, part->width, part->height, 0);
	const struct shape whole = layout_shape(layout, WIDTH, HEIGHT, PADDING);
	struct shape got;
	size_t i;

	if (!device_set(&node, fourcc, WIDTH, HEIGHT, whole.line[0], &got) ||
	    !device_select(&node, V4L2_SEL_TGT_COMPOSE, part) ||
	    !device_capture_userptr(&node, &whole, other))
		return false;
	move_picture(part, &s, &whole, false);
	for (i = 0; i < whole.total; i++)
		if (other[i] != FILL)
			return device_fails(&node, "byte %zu is written", i);
	if (!stamped(picture, s.total))
		return false;
	if (!output.path)
		return true;
	move_picture(part, &s, &whole, true);
	if (device_set(&output, fourcc, WIDTH, HEIGHT, whole.line[0], &got) &&
	    device_select(&output, V4L2_SEL_TGT_CROP, part) &&
	    device_send(&output, &whole, other))
		return true;
	return device_fails(&node, "a part of a frame: %.90s: %.90s", output.path, output.why);
}

/* Return the number of vivid's control for the range of the hue, or 0. */
static __u32 hue_control(void)
{
	struct v4l2_queryctrl c = { .id = V4L2_CTRL_FLAG_NEXT_CTRL };

	for (; !ioctl(vivid.fd, VIDIOC_QUERYCTRL, &c); c.id |= V4L2_CTRL_FLAG_NEXT_CTRL)
		if (!strcmp((const char *)c.name, "HSV Encoding"))
			return c.id;
	return 0;
}

/*
 * Set the range of the hue in vivid to 0 to 179, as in vipin. When vivid gets an RGB format, it
 * stores that format's ycbcr_enc as the range. It only sets a control that changes.
 */
static void set_hue(void)
{
	static __u32 id;

	if (!id)
		id = hue_control();
	video_node_set_control(vivid.fd, id, 1);
	video_node_set_control(vivid.fd, id, 0);
}

/* vivid does not have each format. */
static bool like_vivid(__u32 fourcc, const struct shape *s)
{
	struct shape got;

	if (vivid.path)
		set_hue();
	if (!vivid.path || !device_set(&vivid, fourcc, WIDTH, HEIGHT, 0, &got))
		return true;
	if (!device_capture_mmap(&vivid, s, 0, other))
		return device_fails(&node, "vivid: %.90s", vivid.why);
	compared++;
	return same("the picture of vivid", other, plain, s->total, sizeof(struct vipin_stamp));
}

static bool is_right(__u32 fourcc)
{
	const struct layout *layout = layout_of(fourcc);
	struct shape s;

	if (!layout)
		return device_fails(&node, "layout.c does not have it");
	s = layout_shape(layout, WIDTH, HEIGHT, 0);
	if (!capture_plain(fourcc, &s) || !by_mmap(&s) || !by_read(&s) || !send(fourcc, &s))
		return false;
	remove_dots(plain, s.total);
	return with_padding(fourcc, layout, &s) && partly(fourcc, layout, &parts[0]) &&
	       partly(fourcc, layout, &parts[1]) &&
	       like_vivid(fourcc, &s);
}

/* Setting a format selects whole frames again, which others expect. */
static void select_all(__u32 fourcc)
{
	struct shape got;

	device_set(&node, fourcc, WIDTH, HEIGHT, 0, &got);
	if (output.path)
		device_set(&output, fourcc, WIDTH, HEIGHT, 0, &got);
}

/* Return the name of a format, without spaces. */
static const char *name_of(__u32 fourcc)
{
	static char name[16];
	int i;

	for (i = 0; i < 4; i++)
		name[i] = fourcc >> 8 * i & 0x7f;
	name[4] = 0;
	name[strcspn(name, " ")] = 0;
	if (fourcc >> 31)
		strcat(name, "-BE");
	return name;
}

int main(int argc, char **argv)
{
	bool all = true, right;
	__u32 fourcc;
	int option;

	while ((option = getopt(argc, argv, "r:o:")) != -1) {
		if (option == 'r')
			device_open(&vivid, optarg);
		else if (option == 'o')
			device_open(&output, optarg);
		else
			optind = argc;
	}
	if (optind != argc - 1) {
		fputs(usage, stderr);
		return 2;
	}
	device_open(&node, argv[optind]);
	for (; (fourcc = device_format(&node, formats)); formats++) {
		right = is_right(fourcc);
		if (right)
			printf("right %s\n", name_of(fourcc));
		else
			printf("wrong %s: %s\n", name_of(fourcc), node.why);
		all &= right;
		select_all(fourcc);
	}
	/* vivid has all formats but one, of depth. */
	if (vivid.path && compared + 1 < formats) {
		printf("wrong vivid: it has only %u of %u formats\n", compared, formats);
		all = false;
	}
	return all ? 0 : 1;
}
