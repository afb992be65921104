// SPDX-License-Identifier: GPL-2.0-only
/*
 * large-buffers - does a node handle requests for very large buffers?
 *
 * Asks for buffers of the largest frame in one format of each size, and for buffers that are
 * larger than any machine's memory. Each request must succeed or fail with the right errno. The
 * caller of this program checks the kernel's log.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/macros.h"
#include "common/video-node.h"
#include "must.h"

#define LARGEST		100000
#define BUFFERS		4
#define MAX_SIZES	16

static const char usage[] =
	"Usage: large-buffers NODE [granted] [streamed]\n"
	"Sets each format of the node with its largest frame. For the first format of each size it\n"
	"asks for an MMAP buffer (VIDIOC_REQBUFS) and for buffers of up to 4 GiB\n"
	"(VIDIOC_CREATE_BUFS). A request may fail with ENOMEM.\n"
	"  granted   the node must have four buffers in each format\n"
	"  streamed  also read() or write() a frame\n"
	"Exit status: 0 all results are right, 1 some are wrong, 2 could not run.\n";

struct subject {
	const char *path;
	enum v4l2_buf_type type;
	int fd;
	bool granted;
	bool streamed;
	int faults;
};

static bool multiplanar(const struct subject *s)
{
	return V4L2_TYPE_IS_MULTIPLANAR(s->type);
}

static unsigned int planes_of(const struct subject *s, const struct v4l2_format *format)
{
	return multiplanar(s) ? format->fmt.pix_mp.num_planes : 1;
}

/* Print the result of a request, 0 or an errno, and whether that is @fine. */
static void judge(struct subject *s, const char *what, int err, bool fine)
{
	printf("  %-28s %s%s\n", what, err ? strerror(err) : "granted",
	       fine ? "" : "  <-- wrong");
	s->faults += !fine;
}

/* Set a format with the largest frame that it has. */
static void set_largest(struct subject *s, __u32 fourcc, struct v4l2_format *format)
{
	const char *name = (const char *)&fourcc;

	*format = video_node_format(s->type, LARGEST, LARGEST, fourcc);
	must("VIDIOC_S_FMT", ioctl(s->fd, VIDIOC_S_FMT, format));
	printf("%.4s %ux%u, %u bytes\n", name,
	       multiplanar(s) ? format->fmt.pix_mp.width : format->fmt.pix.width,
	       multiplanar(s) ? format->fmt.pix_mp.height : format->fmt.pix.height,
	       multiplanar(s) ? format->fmt.pix_mp.plane_fmt[0].sizeimage :
				format->fmt.pix.sizeimage);
}

static int request(const struct subject *s, unsigned int count)
{
	int got = video_node_request(s->fd, s->type, V4L2_MEMORY_MMAP, count);

	if (got < 0)
		return -got;
	return (unsigned int)got < count ? ENOMEM : 0;
}

static void by_mmap(struct subject *s)
{
	int err = request(s, s->granted ? BUFFERS : 1);

	judge(s, "VIDIOC_REQBUFS", err, !err || (err == ENOMEM && !s->granted));
	must("VIDIOC_REQBUFS of none", -request(s, 0));
}

/* Use another open file, since its close() ends read() and write(). */
static void by_file(struct subject *s, const struct v4l2_format *format)
{
	enum v4l2_buf_type type;
	bool output = V4L2_TYPE_IS_OUTPUT(s->type);
	size_t size = multiplanar(s) ? format->fmt.pix_mp.plane_fmt[0].sizeimage :
				       format->fmt.pix.sizeimage;
	int fd = video_node_open(s->path, &type), err;
	void *frame;
	ssize_t n;

	must("open", fd);
	frame = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must("mmap", frame == MAP_FAILED ? -1 : 0);
	n = output ? write(fd, frame, size) : read(fd, frame, size);
	err = n < 0 ? errno : (size_t)n == size ? 0 : EIO;
	/* read() and write() have no frames in two planes. */
	if (planes_of(s, format) > 1)
		judge(s, output ? "write()" : "read()", err, err == EBUSY || err == ENOMEM);
	else
		judge(s, output ? "write()" : "read()", err,
		      !err || (err == ENOMEM && !s->granted));
	munmap(frame, size);
	close(fd);
}

static void by_create_bufs(struct subject *s, const struct v4l2_format *format)
{
	/* No frame of any format is larger than 256 MiB. */
	static const struct {
		__u32 size;
		bool possible;
	} rows[] = {
		{ 0xc000000, true }, { 0x20000000, false },
		{ 0x40000000, false }, { 0x80000000, false }, { 0xfffff000, false },
		{ 0xffffffff, false },
	};
	struct v4l2_create_buffers create;
	char what[32];
	unsigned int i, p;
	int err;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		create = (struct v4l2_create_buffers) {
			.count = 1,
			.memory = V4L2_MEMORY_MMAP,
			.format = *format,
		};
		if (multiplanar(s))
			for (p = 0; p < planes_of(s, format); p++)
				create.format.fmt.pix_mp.plane_fmt[p].sizeimage = rows[i].size;
		else
			create.format.fmt.pix.sizeimage = rows[i].size;
		err = ioctl(s->fd, VIDIOC_CREATE_BUFS, &create) ? errno : 0;
		snprintf(what, sizeof(what), "VIDIOC_CREATE_BUFS %#x", rows[i].size);
		judge(s, what, err, rows[i].possible ? !err || err == ENOMEM : err == EINVAL);
		must("VIDIOC_REQBUFS of none", -request(s, 0));
	}
}

/* Has no format before this one had as many planes and a first plane of the same size? */
static bool is_new_size(const struct subject *s, const struct v4l2_format *format)
{
	static __u32 sizes[VIDEO_MAX_PLANES + 1][MAX_SIZES];
	__u32 size = multiplanar(s) ? format->fmt.pix_mp.plane_fmt[0].sizeimage :
				      format->fmt.pix.sizeimage;
	__u32 *known = sizes[planes_of(s, format)];
	unsigned int i;

	for (i = 0; i < MAX_SIZES - 1 && known[i]; i++)
		if (known[i] == size)
			return false;
	known[i] = size;
	return true;
}

static void try_format(struct subject *s, __u32 fourcc, bool first)
{
	struct v4l2_format format;

	set_largest(s, fourcc, &format);
	if (!is_new_size(s, &format))
		return;
	by_mmap(s);
	if (s->streamed)
		by_file(s, &format);
	/* VIDIOC_CREATE_BUFS depends on the planes, and not on the format. */
	if (first || planes_of(s, &format) > 1)
		by_create_bufs(s, &format);
}

int main(int argc, char **argv)
{
	struct v4l2_format before;
	struct v4l2_fmtdesc desc;
	struct subject s = { 0 };
	int i;

	for (i = 2; i < argc; i++) {
		s.granted |= !strcmp(argv[i], "granted");
		s.streamed |= !strcmp(argv[i], "streamed");
	}
	if (argc < 2 || argc - 2 != s.granted + s.streamed) {
		fputs(usage, stderr);
		return 2;
	}
	s.path = argv[1];
	s.fd = video_node_open(s.path, &s.type);
	must(s.path, s.fd);
	before = (struct v4l2_format) { .type = s.type };
	must("VIDIOC_G_FMT", ioctl(s.fd, VIDIOC_G_FMT, &before));
	desc = (struct v4l2_fmtdesc) { .type = s.type };
	for (; !ioctl(s.fd, VIDIOC_ENUM_FMT, &desc); desc.index++)
		try_format(&s, desc.pixelformat, !desc.index);
	must("VIDIOC_S_FMT", ioctl(s.fd, VIDIOC_S_FMT, &before));
	close(s.fd);
	printf("%u formats, %d wrong\n", desc.index, s.faults);
	return desc.index && !s.faults ? 0 : 1;
}
