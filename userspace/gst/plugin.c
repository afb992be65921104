// SPDX-License-Identifier: GPL-2.0-only
/*
 * plugin.c - the plugin "vipin"
 */
#include <gst/gst.h>

#include "contiguous-pool.h"

static gboolean plugin_init(GstPlugin *plugin)
{
	return gst_element_register(plugin, "contiguouspool", GST_RANK_NONE,
				    CONTIGUOUS_TYPE_POOL);
}

#define PACKAGE "vipin"
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, vipin,
		  "Memory for frames that V4L2 devices without an IOMMU accept", plugin_init,
		  "1.0", "GPL", PACKAGE, PACKAGE)
