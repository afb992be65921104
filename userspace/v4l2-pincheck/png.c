// SPDX-License-Identifier: GPL-2.0-only
/*
 * png.c - write a captured frame as an image
 */
#include <errno.h>
#include <png.h>
#include <stdio.h>

#include "frame.h"

/**
 * frame_write_png() - write the frame as a PNG
 * @d:		the device it came from
 * @m:		the memory it lies in
 * @path:	of the file
 *
 * Return: 0, or a negative errno: EINVAL if the frame is not RGB24, EIO if it
 * could not be written.
 */
int frame_write_png(const struct device *d, const struct memory *m,
		    const char *path)
{
	png_image image = {
		.version = PNG_IMAGE_VERSION,
		.width = d->pix.width,
		.height = d->pix.height,
		.format = PNG_FORMAT_RGB,
		.flags = PNG_IMAGE_FLAG_FAST,
	};
	int written;

	if (d->pix.pixelformat != V4L2_PIX_FMT_RGB24)
		return -EINVAL;

	memory_begin_access(m);
	written = png_image_write_to_file(&image, path, 0, m->frame,
					  d->pix.bytesperline, NULL);
	memory_end_access(m);
	return written ? 0 : -EIO;
}
