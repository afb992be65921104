// SPDX-License-Identifier: GPL-2.0-only
/*
 * first-frame - does a stream that QBUF starts begin with frame 0?
 *
 * If no buffer is queued at VIDIOC_STREAMON, the first QBUF starts the stream. The device must not
 * drop a frame because this QBUF has not returned yet.
 */
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "common/number.h"
#include "common/video-node.h"
#include "must.h"
#include "time-limit.h"

static const char usage[] =
	"Usage: first-frame NODE COUNT\n"
	"Starts COUNT streams without a buffer, queues one, and looks at the sequence number of the\n"
	"first frame. Prints how many streams did not begin with frame 0.\n"
	"Exit status: 0 none, 1 some, 2 could not run.\n";

int main(int argc, char **argv)
{
	struct v4l2_plane planes[VIDEO_MAX_PLANES] = { };
	unsigned long count, late = 0;
	enum v4l2_buf_type type;
	int node;

	if (argc != 3 || !number_parse(argv[2], 1, 1000000, &count)) {
		fputs(usage, stderr);
		return 2;
	}
	alarm(TIME_LIMIT);
	node = video_node_open(argv[1], &type);
	must(argv[1], node);
	must("VIDIOC_REQBUFS", video_node_request(node, type, V4L2_MEMORY_MMAP, 1));
	for (unsigned long i = 0; i < count; i++) {
		struct v4l2_buffer buf = {
			.type = type, .memory = V4L2_MEMORY_MMAP,
		};

		if (V4L2_TYPE_IS_MULTIPLANAR(type)) {
			buf.m.planes = planes;
			buf.length = VIDEO_MAX_PLANES;
		}
		must("VIDIOC_STREAMON", video_node_stream(node, type, true));
		must("VIDIOC_QBUF", ioctl(node, VIDIOC_QBUF, &buf));
		must("VIDIOC_DQBUF", ioctl(node, VIDIOC_DQBUF, &buf));
		must("VIDIOC_STREAMOFF", video_node_stream(node, type, false));
		late += buf.sequence != 0;
	}
	printf("%lu of %lu streams did not begin with frame 0\n", late, count);
	return late > 0;
}
