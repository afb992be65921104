// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-core.c - a device and its nodes, and drivers for the two buses: platform and PCI
 *
 * A platform device that no firmware describes is not behind an IOMMU. To have devices
 * that are, vipin is also a PCI driver. It has no device IDs: it binds to any function
 * whose ID is written to new_id. It uses such a function only for DMA mappings. A device
 * tree can describe platform devices, too: behind an IOMMU or not, coherent or not, as
 * the devices of a board.
 */

#include <linux/debugfs.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/property.h>

#include <media/v4l2-fh.h>
#include <media/v4l2-ioctl.h>
#include <media/videobuf2-dma-contig.h>

#include "vipin-compat.h"
#include "vipin-test.h"
#include "vipin.h"

#define VIPIN_MAX_DEVS		64

static unsigned int n_devs = 1;
module_param(n_devs, uint, 0444);
MODULE_PARM_DESC(n_devs, "number of platform devices that no firmware describes, 0 to 64 (default 1)");

static int video_nr[VIPIN_MAX_DEVS] = { [0 ... (VIPIN_MAX_DEVS - 1)] = -1 };
module_param_array(video_nr, int, NULL, 0444);
MODULE_PARM_DESC(video_nr, "video node numbers of the platform capture devices, -1 for the next free number (default -1)");

static int output_nr[VIPIN_MAX_DEVS] = { [0 ... (VIPIN_MAX_DEVS - 1)] = -1 };
module_param_array(output_nr, int, NULL, 0444);
MODULE_PARM_DESC(output_nr, "video node numbers of the platform output devices, -1 for the next free number (default -1)");

static struct platform_device *vipin_platform_devs[VIPIN_MAX_DEVS];
static atomic_t vipin_next_nr = ATOMIC_INIT(0);

static const struct v4l2_file_operations vipin_fops = {
	.owner		= THIS_MODULE,
	.open		= v4l2_fh_open,
	.release	= vipin_file_release,
	.read		= vipin_file_read,
	.write		= vipin_file_write,
	.poll		= vipin_file_poll,
	.unlocked_ioctl	= video_ioctl2,
	.mmap		= vb2_fop_mmap,
};

static void vipin_free(struct vipin_dev *vipin)
{
	vipin_media_cleanup(vipin);
	vipin_loop_disconnect(vipin);
	put_device(vipin->dev);
	kfree(vipin);
}

/* v4l2_device calls this after the device was unbound and the last file was closed. */
static void vipin_release(struct v4l2_device *v4l2_dev)
{
	struct vipin_dev *vipin = container_of(v4l2_dev, struct vipin_dev, v4l2_dev);

	if (vipin_is_m2m(vipin->capture))
		vipin_m2m_free(vipin->capture);
	/* The metadata node shares controls of the capture node. */
	if (vipin->meta)
		v4l2_ctrl_handler_free(&vipin->meta->ctrls);
	v4l2_ctrl_handler_free(&vipin->capture->ctrls);
	if (vipin->output != vipin->capture)
		v4l2_ctrl_handler_free(&vipin->output->ctrls);
	vipin_free(vipin);
}

static u32 vipin_video_cap(const struct vipin_node *node)
{
	bool multiplanar = node->parent->config.multiplanar;

	if (vipin_is_meta(node))
		return V4L2_CAP_META_CAPTURE;
	switch (node->vdev.vfl_dir) {
	case VFL_DIR_RX:
		return multiplanar ? V4L2_CAP_VIDEO_CAPTURE_MPLANE : V4L2_CAP_VIDEO_CAPTURE;
	case VFL_DIR_TX:
		return multiplanar ? V4L2_CAP_VIDEO_OUTPUT_MPLANE : V4L2_CAP_VIDEO_OUTPUT;
	case VFL_DIR_M2M:
		return multiplanar ? V4L2_CAP_VIDEO_M2M_MPLANE : V4L2_CAP_VIDEO_M2M;
	}
	return 0;
}

static const char * const vipin_suffix[] = {
	[VFL_DIR_RX]	= "cap",
	[VFL_DIR_TX]	= "out",
	[VFL_DIR_M2M]	= "m2m",
};

/* Set up what a memory-to-memory node does not have. */
static int vipin_stream_init(struct vipin_node *node)
{
	struct video_device *vdev = &node->vdev;

	vdev->fops = &vipin_fops;
	vdev->ioctl_ops = &vipin_ioctl_ops;
	vdev->queue = &node->queue;
	if (!vipin_is_meta(node) && node->parent->config.requests != VIPIN_REQUESTS_REQUIRED)
		vdev->device_caps |= V4L2_CAP_READWRITE;
	vipin_ioctls_init(node);
	node->pad.flags = vipin_is_output(node) ? MEDIA_PAD_FL_SOURCE : MEDIA_PAD_FL_SINK;
	return media_entity_pads_init(&vdev->entity, 1, &node->pad) ?:
	       vipin_queue_init(node);
}

/* Set the format that a node has before a program sets another one. */
static void vipin_format_init(struct vipin_node *node)
{
	const struct vipin_offer offer = vipin_device_offer(node->parent);

	if (vipin_is_meta(node)) {
		node->pix = vipin_meta_pix;
		return;
	}
	node->pix = (struct v4l2_pix_format){ .width = 640, .height = 480 };
	vipin_format_adjust(&node->pix, vipin_type(node), &offer);
}

/* Set up what nodes use of each other: the capture node sets the metadata node's interval. */
static void vipin_nodes_prepare(struct vipin_dev *vipin)
{
	struct vipin_node *node;

	for (node = vipin->nodes; node < vipin->nodes + VIPIN_MAX_NODES; node++) {
		spin_lock_init(&node->buffers_lock);
		init_waitqueue_head(&node->wake);
	}
}

static int vipin_node_init(struct vipin_node *node, struct vipin_dev *vipin,
			   enum vfl_devnode_direction direction)
{
	struct video_device *vdev = &node->vdev;
	int err;

	node->parent = vipin;
	mutex_init(&node->lock);
	mutex_init(&node->tpg_lock);
	spin_lock_init(&node->verdicts_lock);
	INIT_LIST_HEAD(&node->buffers);
	INIT_LIST_HEAD(&node->contexts);
	vipin_interval_adjust(&node->interval);

	snprintf(vdev->name, sizeof(vdev->name), "%s-%s", vipin->v4l2_dev.name,
		 vipin_is_meta(node) ? "meta" : vipin_suffix[direction]);
	vdev->release = video_device_release_empty;
	vdev->lock = &vipin_pin_node(node)->lock;
	vdev->v4l2_dev = &vipin->v4l2_dev;
	vdev->vfl_dir = direction;
	vdev->device_caps = V4L2_CAP_STREAMING | vipin_video_cap(node);
	video_set_drvdata(vdev, node);
	vipin_input_init(node);

	err = vipin_is_m2m(node) ? vipin_m2m_init(node) : vipin_stream_init(node);
	if (err)
		return err;
	vipin_format_init(node);
	vipin_select_all(node);
	if (vipin_is_loop_source(node)) {
		vipin_loop_set_interval(node, &node->interval);
		vipin_loop_set_format(node);
	} else if (direction == VFL_DIR_RX && !vipin_is_meta(node) && !node->loop) {
		vipin_input_apply(node);
	}
	return vipin_ctrls_init(node, vipin->config.policy);
}

static int vipin_node_register(struct vipin_node *node, int nr)
{
	int err = video_register_device(&node->vdev, VFL_TYPE_VIDEO, nr);

	if (err)
		return err;
	if (vipin_is_meta(node)) {
		vipin_verdict_link(node);
		return 0;
	}
	vipin_verdict_create(node);
	vipin_account_create(node);
	return 0;
}

/* The node may never have been registered, or be unregistered already. */
static void vipin_node_unregister(struct vipin_node *node)
{
	debugfs_remove_recursive(node->debugfs);
	node->debugfs = NULL;
	if (vipin_is_m2m(node))
		vipin_m2m_unregister(node);
	else
		vb2_video_unregister_device(&node->vdev);
}

static void vipin_unregister(struct vipin_dev *vipin)
{
	mutex_lock(&vipin->register_lock);
	vipin_media_unregister(vipin);
	/* Queues are released. As in STREAMOFF, no request may be on its way to them. */
	mutex_lock(&vipin->mdev.req_queue_mutex);
	vipin_node_unregister(vipin->capture);
	if (vipin->output != vipin->capture)
		vipin_node_unregister(vipin->output);
	if (vipin->meta)
		vipin_node_unregister(vipin->meta);
	vipin_loop_leave(vipin);
	mutex_unlock(&vipin->mdev.req_queue_mutex);
	mutex_unlock(&vipin->register_lock);
}

static void vipin_disconnect_work(struct work_struct *work)
{
	struct vipin_dev *vipin = container_of(work, struct vipin_dev, disconnect);

	v4l2_info(&vipin->v4l2_dev, "disconnected by a control\n");
	vipin_unregister(vipin);
}

/**
 * vipin_disconnect() - unregister the nodes soon, as if the hardware was unplugged
 * @vipin:	the device; it stays bound
 *
 * Unregistering a node takes its lock, which the caller may hold.
 */
void vipin_disconnect(struct vipin_dev *vipin)
{
	schedule_work(&vipin->disconnect);
}

static void vipin_destroy(void *data)
{
	struct vipin_dev *vipin = data;

	vipin_unregister(vipin);
	/* From here no program can call vipin_disconnect(). */
	cancel_work_sync(&vipin->disconnect);
	vipin_cache_stop(vipin);
	v4l2_device_unregister(&vipin->v4l2_dev);
	v4l2_device_put(&vipin->v4l2_dev);
}

/* Check whether the modelled cache and the CPU's cache fit a device. */
static int vipin_check_caches(struct device *dev, unsigned int line)
{
	if (!vipin_cache_line_is_valid(line)) {
		dev_err(dev, "a cache has no lines of %u bytes\n", line);
		return -EINVAL;
	}
	if (dev_is_dma_coherent(dev))
		return 0;
	if (line) {
		dev_err(dev, "a cache is modelled for coherent devices only\n");
		return -EINVAL;
	}
	if (!IS_ENABLED(CONFIG_ARCH_HAS_PMEM_API)) {
		dev_err(dev, "not used: it is not coherent, and no driver can flush the cache here\n");
		return -ENODEV;
	}
	return 0;
}

static int vipin_init_nodes(struct vipin_dev *vipin)
{
	int err = vipin_node_init(vipin->capture, vipin, VFL_DIR_RX) ?:
		  vipin_node_init(vipin->output, vipin, VFL_DIR_TX);

	if (!err && vipin->meta)
		err = vipin_node_init(vipin->meta, vipin, VFL_DIR_RX);
	return err;
}

/*
 * Create the nodes of a device that both captures and outputs. A program can use a node as soon as
 * it is registered, so initialize all of them first.
 */
static int vipin_create_all(struct vipin_dev *vipin)
{
	int err = vipin_init_nodes(vipin) ?:
		  vipin_node_register(vipin->capture, vipin->config.capture_nr) ?:
		  vipin_node_register(vipin->output, vipin->config.output_nr);

	if (!err && vipin->meta)
		err = vipin_node_register(vipin->meta, -1);
	return err;
}

/* Create the node of a memory-to-memory device. */
static int vipin_create_one(struct vipin_dev *vipin)
{
	return vipin_node_init(vipin->capture, vipin, VFL_DIR_M2M) ?:
	       vipin_node_register(vipin->capture, vipin->config.capture_nr);
}

/* Create the nodes of a device. They are destroyed when the device is unbound. */
static int vipin_create(struct device *dev, const struct vipin_config *config)
{
	const bool loops = config->loopback || config->loopback_from[0];
	struct vipin_dev *vipin;
	int err;

	err = vipin_check_caches(dev, config->cache_line);
	if (err)
		return err;
	if (config->m2m && loops) {
		dev_err(dev, "a memory-to-memory device has no loopback\n");
		return -EINVAL;
	}
	if (config->loopback && config->loopback_from[0]) {
		dev_err(dev, "its frames come from its own output node, or from another device\n");
		return -EINVAL;
	}
	if (!vipin_requests_are_valid(config->requests)) {
		dev_err(dev, "requests=%u is not 0 to 2\n", config->requests);
		return -EINVAL;
	}
	if (config->m2m && config->requests == VIPIN_REQUESTS_REQUIRED) {
		dev_err(dev, "a memory-to-memory device has no requests\n");
		return -EINVAL;
	}
	if (config->metadata && (config->m2m || loops)) {
		dev_err(dev, "a device with m2m or loopback has no metadata\n");
		return -EINVAL;
	}
	if ((config->m2m || loops) &&
	    (config->inputs.count > 1 || config->inputs.kinds[0] != VIPIN_INPUT_CAMERA)) {
		dev_err(dev, "a device with m2m or loopback has no other input than a camera\n");
		return -EINVAL;
	}
	if (!vipin_offers_anything(config)) {
		dev_err(dev, "each format that is selected needs the multi-planar API\n");
		return -EINVAL;
	}
	err = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(config->dma_mask_bits));
	if (err) {
		dev_err(dev, "DMA with a mask of %u bits is not possible\n",
			config->dma_mask_bits);
		return err;
	}
	/* Allow large segments: behind an IOMMU, one segment has to hold a whole frame. */
	vb2_dma_contig_set_max_seg_size(dev, DMA_BIT_MASK(32));

	err = vipin_dma_self_test(dev, iommu_get_domain_for_dev(dev));
	if (err)
		return err;

	vipin = kzalloc_obj(*vipin);
	if (!vipin)
		return -ENOMEM;
	vipin->dev = get_device(dev);
	vipin->config = *config;
	INIT_WORK(&vipin->disconnect, vipin_disconnect_work);
	mutex_init(&vipin->register_lock);
	vipin_meta_init(vipin);
	vipin->capture = &vipin->nodes[0];
	vipin->output = &vipin->nodes[config->m2m ? 0 : 1];
	vipin->meta = config->metadata ? &vipin->nodes[2] : NULL;
	vipin_nodes_prepare(vipin);
	vipin_media_init(vipin);

	/* Set drvdata first: otherwise v4l2_device_register() sets it to v4l2_dev. */
	dev_set_drvdata(dev, vipin);
	if (config->name[0])
		snprintf(vipin->v4l2_dev.name, sizeof(vipin->v4l2_dev.name),
			 KBUILD_MODNAME "-%s", config->name);
	else
		v4l2_device_set_name(&vipin->v4l2_dev, KBUILD_MODNAME, &vipin_next_nr);
	err = vipin_loop_connect(vipin) ?: v4l2_device_register(dev, &vipin->v4l2_dev);
	if (err) {
		vipin_free(vipin);
		return err;
	}
	vipin->v4l2_dev.release = vipin_release;
	vipin_cache_start(vipin);

	/* A program may disconnect a node before the next one exists. */
	mutex_lock(&vipin->register_lock);
	err = config->m2m ? vipin_create_one(vipin) : vipin_create_all(vipin);
	err = err ?: vipin_media_register(vipin);
	mutex_unlock(&vipin->register_lock);
	if (err) {
		vipin_destroy(vipin);
		return err;
	}
	return devm_add_action_or_reset(dev, vipin_destroy, vipin);
}

static int vipin_platform_probe(struct platform_device *pdev)
{
	/* With driver_override, a platform device of another name can be bound, too. */
	bool ours = !strcmp(pdev->name, KBUILD_MODNAME);
	const struct vipin_config *made = ours ? dev_get_platdata(&pdev->dev) : NULL;
	struct vipin_config config;

	/*
	 * The engine is a CPU, which accesses memory through its caches: a coherent bus
	 * master. No firmware says that about this device, and an architecture such as
	 * arm64 takes it for a non-coherent one. Then vb2 would drop the cache lines that
	 * the engine has just written, and map MMAP buffers uncached.
	 */
	if (!dev_fwnode(&pdev->dev))
		dev_set_dma_coherent(&pdev->dev);
	if (made)
		return vipin_create(&pdev->dev, made);

	vipin_config_init(&config);
	if (ours && pdev->id >= 0 && pdev->id < VIPIN_MAX_DEVS) {
		config.capture_nr = video_nr[pdev->id];
		config.output_nr = output_nr[pdev->id];
	}
	return vipin_create(&pdev->dev, &config);
}

static const struct of_device_id vipin_of_match[] = {
	{ .compatible = KBUILD_MODNAME ",capture" },
	{ }
};
MODULE_DEVICE_TABLE(of, vipin_of_match);

static struct platform_driver vipin_platform_driver = {
	.probe	= vipin_platform_probe,
	.driver	= {
		.name		= KBUILD_MODNAME,
		.of_match_table	= vipin_of_match,
		/* vipin-configfs.c looks whether the probe has succeeded. */
		.probe_type	= PROBE_FORCE_SYNCHRONOUS,
	},
};

/*
 * vipin only needs bus addresses from the DMA API. So do not enable the function, and do
 * not make it a bus master.
 */
static int vipin_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct vipin_config config;

	vipin_config_init(&config);
	return vipin_create(&pdev->dev, &config);
}

/*
 * Leave id_table NULL. With an empty table, new_id rejects IDs whose driver_data
 * matches no entry.
 */
static struct pci_driver vipin_pci_driver = {
	.name	= KBUILD_MODNAME,
	.probe	= vipin_pci_probe,
};

static void vipin_platform_devs_unregister(void)
{
	unsigned int i;

	for (i = 0; i < n_devs; i++)
		platform_device_unregister(vipin_platform_devs[i]);
}

static int vipin_platform_devs_register(void)
{
	struct platform_device *pdev;
	unsigned int i;

	for (i = 0; i < n_devs; i++) {
		pdev = platform_device_register_simple(KBUILD_MODNAME, i, NULL, 0);
		if (IS_ERR(pdev)) {
			vipin_platform_devs_unregister();
			return PTR_ERR(pdev);
		}
		vipin_platform_devs[i] = pdev;
	}
	return 0;
}

static int __init vipin_module_init(void)
{
	int err;

	if (n_devs > VIPIN_MAX_DEVS) {
		pr_err("vipin: n_devs=%u is more than %u\n", n_devs, VIPIN_MAX_DEVS);
		return -EINVAL;
	}
	err = vipin_params_check();
	if (err)
		return err;

	err = vipin_request_init();
	if (err)
		return err;
	vipin_formats_init();
	vipin_userptr_init();
	vipin_inject_init();
	vipin_cache_init();
	vipin_verdict_init();

	err = platform_driver_register(&vipin_platform_driver);
	if (err)
		goto verdict_exit;
	err = pci_register_driver(&vipin_pci_driver);
	if (err)
		goto platform_driver;
	err = vipin_platform_devs_register();
	if (err)
		goto pci_driver;
	err = vipin_configfs_register();
	if (err)
		goto platform_devs;
	if (IS_ENABLED(CONFIG_VIDEO_VIPIN_KUNIT_TEST))
		vipin_test_init();
	return 0;

platform_devs:
	vipin_platform_devs_unregister();
pci_driver:
	pci_unregister_driver(&vipin_pci_driver);
platform_driver:
	platform_driver_unregister(&vipin_platform_driver);
verdict_exit:
	vipin_verdict_exit();
	vipin_request_exit();
	return err;
}

static void __exit vipin_module_exit(void)
{
	if (IS_ENABLED(CONFIG_VIDEO_VIPIN_KUNIT_TEST))
		vipin_test_exit();
	vipin_configfs_unregister();
	vipin_platform_devs_unregister();
	pci_unregister_driver(&vipin_pci_driver);
	platform_driver_unregister(&vipin_platform_driver);
	vipin_verdict_exit();
	vipin_request_exit();
}

module_init(vipin_module_init);
module_exit(vipin_module_exit);

MODULE_DESCRIPTION("Virtual V4L2 capture and output device that pins user pointers");
MODULE_LICENSE("GPL");
