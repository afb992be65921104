// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-configfs.c - devices that are made while vipin runs
 *
 *	mkdir /sys/kernel/config/vipin/cam0
 *	echo "YUYV NV12" > /sys/kernel/config/vipin/cam0/formats
 *	echo 1 > /sys/kernel/config/vipin/cam0/live
 *
 * Each directory is a platform device, which exists while "live" is 1. The attributes that describe
 * it can change while "live" is 0. Most of them begin with the values of the module parameters. A
 * largest size of 0 follows its parameter. The numbers of the nodes begin with -1, for the next
 * free ones.
 *
 * With the name of another directory in "loopback_from", the capture node shows what the output
 * node of that device sends. The two devices can be made and removed in any order.
 */

#include <linux/configfs.h>
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "vipin-compat.h"
#include "vipin.h"

/**
 * struct vipin_instance - a directory of configfs
 * @item:	the directory
 * @config:	how the device is made
 * @numa_node:	where the memory of the device is allocated, or NUMA_NO_NODE
 * @pdev:	the device, or NULL while it is not live
 */
struct vipin_instance {
	struct config_item item;
	/** @lock: guards the rest */
	struct mutex lock;
	struct vipin_config config;
	int numa_node;
	struct platform_device *pdev;
};

static struct vipin_instance *to_instance(struct config_item *item)
{
	return container_of(item, struct vipin_instance, item);
}

static int vipin_instance_start(struct vipin_instance *instance)
{
	struct platform_device *pdev;
	int err;

	pdev = platform_device_alloc(KBUILD_MODNAME, PLATFORM_DEVID_AUTO);
	if (!pdev)
		return -ENOMEM;
	set_dev_node(&pdev->dev, instance->numa_node);
	err = platform_device_add_data(pdev, &instance->config, sizeof(instance->config)) ?:
	      platform_device_add(pdev);
	if (err) {
		platform_device_put(pdev);
		return err;
	}
	/* The driver core does not return the error of the probe; the kernel log has the reason. */
	if (!platform_get_drvdata(pdev)) {
		platform_device_unregister(pdev);
		return -ENODEV;
	}
	instance->pdev = pdev;
	return 0;
}

static void vipin_instance_stop(struct vipin_instance *instance)
{
	platform_device_unregister(instance->pdev);
	instance->pdev = NULL;
}

/* Read an attribute with a function of its own. */
static ssize_t vipin_attribute_show(struct config_item *item, char *page,
				    ssize_t (*print)(struct vipin_instance *instance, char *page))
{
	struct vipin_instance *instance = to_instance(item);
	ssize_t len;

	mutex_lock(&instance->lock);
	len = print(instance, page);
	mutex_unlock(&instance->lock);
	return len;
}

static ssize_t vipin_instance_live_print(struct vipin_instance *instance, char *page)
{
	return sysfs_emit(page, "%d\n", !!instance->pdev);
}

static ssize_t vipin_instance_live_show(struct config_item *item, char *page)
{
	return vipin_attribute_show(item, page, vipin_instance_live_print);
}

static ssize_t vipin_instance_live_store(struct config_item *item, const char *page, size_t count)
{
	struct vipin_instance *instance = to_instance(item);
	bool live;
	int err = kstrtobool(page, &live);

	if (err)
		return err;
	mutex_lock(&instance->lock);
	if (live && !instance->pdev)
		err = vipin_instance_start(instance);
	else if (!live && instance->pdev)
		vipin_instance_stop(instance);
	mutex_unlock(&instance->lock);
	return err ?: count;
}

CONFIGFS_ATTR(vipin_instance_, live);

/* The name of the device in /sys/bus/platform/devices, whose folder video4linux names the nodes. */
static ssize_t vipin_instance_device_print(struct vipin_instance *instance, char *page)
{
	return sysfs_emit(page, "%s\n", instance->pdev ? dev_name(&instance->pdev->dev) : "");
}

static ssize_t vipin_instance_device_show(struct config_item *item, char *page)
{
	return vipin_attribute_show(item, page, vipin_instance_device_print);
}

CONFIGFS_ATTR_RO(vipin_instance_, device);

/* Set an attribute with a function of its own, unless the device is live. */
static ssize_t vipin_attribute_store(struct config_item *item, const char *page, size_t count,
				     int (*set)(struct vipin_instance *instance, const char *page))
{
	struct vipin_instance *instance = to_instance(item);
	int err;

	mutex_lock(&instance->lock);
	err = instance->pdev ? -EBUSY : set(instance, page);
	mutex_unlock(&instance->lock);
	return err ?: count;
}

/* Define an attribute from vipin_instance_NAME_set() and vipin_instance_NAME_print(). */
#define VIPIN_ATTRIBUTE(_name)									\
static ssize_t vipin_instance_##_name##_show(struct config_item *item, char *page)		\
{												\
	return vipin_attribute_show(item, page, vipin_instance_##_name##_print);		\
}												\
												\
static ssize_t vipin_instance_##_name##_store(struct config_item *item, const char *page,	\
					      size_t count)					\
{												\
	return vipin_attribute_store(item, page, count, vipin_instance_##_name##_set);		\
}												\
												\
CONFIGFS_ATTR(vipin_instance_, _name)

/* Define an attribute: @_parse checks and sets the number at @_place, and @_emit prints it. */
#define VIPIN_NUMBER(_name, _place, _parse, _emit)						\
static void *vipin_instance_##_name(struct vipin_instance *instance)				\
{												\
	return &(_place);									\
}												\
												\
static int vipin_instance_##_name##_set(struct vipin_instance *instance, const char *page)	\
{												\
	return _parse(page, vipin_instance_##_name(instance));					\
}												\
												\
static ssize_t vipin_instance_##_name##_print(struct vipin_instance *instance, char *page)	\
{												\
	return _emit(page, vipin_instance_##_name(instance));					\
}												\
												\
VIPIN_ATTRIBUTE(_name)

static ssize_t vipin_print_int(char *page, const int *number)
{
	return sysfs_emit(page, "%d\n", *number);
}

static ssize_t vipin_print_uint(char *page, const unsigned int *number)
{
	return sysfs_emit(page, "%u\n", *number);
}

static ssize_t vipin_print_bool(char *page, const bool *on)
{
	return sysfs_emit(page, "%d\n", *on);
}

static int vipin_set_int(const char *page, int *number, bool (*is_valid)(int number))
{
	int value, err = kstrtoint(page, 0, &value);

	if (err)
		return err;
	if (!is_valid(value))
		return -EINVAL;
	*number = value;
	return 0;
}

static int vipin_set_uint(const char *page, unsigned int *number,
			  bool (*is_valid)(unsigned int number))
{
	unsigned int value;
	int err = kstrtouint(page, 0, &value);

	if (err)
		return err;
	if (!is_valid(value))
		return -EINVAL;
	*number = value;
	return 0;
}

static bool vipin_video_nr_is_valid(int nr)
{
	return nr >= -1;
}

static int vipin_set_video_nr(const char *page, int *nr)
{
	return vipin_set_int(page, nr, vipin_video_nr_is_valid);
}

static bool vipin_numa_node_is_valid(int node)
{
	return node == NUMA_NO_NODE || (node >= 0 && node < MAX_NUMNODES && node_online(node));
}

static int vipin_set_numa_node(const char *page, int *node)
{
	return vipin_set_int(page, node, vipin_numa_node_is_valid);
}

static int vipin_set_dma_mask(const char *page, unsigned int *bits)
{
	return vipin_set_uint(page, bits, vipin_dma_mask_is_valid);
}

static int vipin_set_cache_line(const char *page, unsigned int *bytes)
{
	return vipin_set_uint(page, bytes, vipin_cache_line_is_valid);
}

static int vipin_set_requests(const char *page, unsigned int *requests)
{
	return vipin_set_uint(page, requests, vipin_requests_are_valid);
}

/* vipin_size_limit() clamps it. */
static int vipin_set_size(const char *page, u32 *pixels)
{
	return kstrtou32(page, 0, pixels);
}

VIPIN_NUMBER(video_nr, instance->config.capture_nr, vipin_set_video_nr, vipin_print_int);
VIPIN_NUMBER(output_nr, instance->config.output_nr, vipin_set_video_nr, vipin_print_int);
VIPIN_NUMBER(dma_mask_bits, instance->config.dma_mask_bits, vipin_set_dma_mask, vipin_print_uint);
VIPIN_NUMBER(cache_line, instance->config.cache_line, vipin_set_cache_line, vipin_print_uint);
VIPIN_NUMBER(multiplanar, instance->config.multiplanar, kstrtobool, vipin_print_bool);
VIPIN_NUMBER(m2m, instance->config.m2m, kstrtobool, vipin_print_bool);
VIPIN_NUMBER(loopback, instance->config.loopback, kstrtobool, vipin_print_bool);
VIPIN_NUMBER(requests, instance->config.requests, vipin_set_requests, vipin_print_uint);
VIPIN_NUMBER(metadata, instance->config.metadata, kstrtobool, vipin_print_bool);
VIPIN_NUMBER(error_injection, instance->config.error_injection, kstrtobool, vipin_print_bool);
VIPIN_NUMBER(max_width, instance->config.offer.max.width, vipin_set_size, vipin_print_uint);
VIPIN_NUMBER(max_height, instance->config.offer.max.height, vipin_set_size, vipin_print_uint);
VIPIN_NUMBER(numa_node, instance->numa_node, vipin_set_numa_node, vipin_print_int);

static int vipin_instance_policy_set(struct vipin_instance *instance, const char *page)
{
	int policy = vipin_policy_by_name(page);

	if (policy < 0)
		return policy;
	instance->config.policy = policy;
	return 0;
}

static ssize_t vipin_instance_policy_print(struct vipin_instance *instance, char *page)
{
	return sysfs_emit(page, "%s\n", vipin_policy_name(instance->config.policy));
}

VIPIN_ATTRIBUTE(policy);

static int vipin_instance_formats_set(struct vipin_instance *instance, const char *page)
{
	return vipin_formats_parse(&instance->config.offer, page);
}

static ssize_t vipin_instance_formats_print(struct vipin_instance *instance, char *page)
{
	return vipin_formats_print(&instance->config.offer, page);
}

VIPIN_ATTRIBUTE(formats);

static int vipin_instance_inputs_set(struct vipin_instance *instance, const char *page)
{
	return vipin_inputs_parse(&instance->config.inputs, page);
}

static ssize_t vipin_instance_inputs_print(struct vipin_instance *instance, char *page)
{
	return vipin_inputs_print(&instance->config.inputs, page);
}

VIPIN_ATTRIBUTE(inputs);

static int vipin_instance_loopback_from_set(struct vipin_instance *instance, const char *page)
{
	size_t len = strcspn(page, "\n");

	if (len > VIPIN_MAX_NAME)
		return -ENAMETOOLONG;
	if (len == strlen(instance->config.name) && !strncmp(page, instance->config.name, len))
		return -EINVAL;
	strscpy(instance->config.loopback_from, page, len + 1);
	return 0;
}

static ssize_t vipin_instance_loopback_from_print(struct vipin_instance *instance, char *page)
{
	return sysfs_emit(page, "%s\n", instance->config.loopback_from);
}

VIPIN_ATTRIBUTE(loopback_from);

static struct configfs_attribute *vipin_instance_attributes[] = {
	&vipin_instance_attr_live,
	&vipin_instance_attr_device,
	&vipin_instance_attr_video_nr,
	&vipin_instance_attr_output_nr,
	&vipin_instance_attr_dma_mask_bits,
	&vipin_instance_attr_cache_line,
	&vipin_instance_attr_multiplanar,
	&vipin_instance_attr_m2m,
	&vipin_instance_attr_loopback,
	&vipin_instance_attr_loopback_from,
	&vipin_instance_attr_requests,
	&vipin_instance_attr_metadata,
	&vipin_instance_attr_error_injection,
	&vipin_instance_attr_max_width,
	&vipin_instance_attr_max_height,
	&vipin_instance_attr_numa_node,
	&vipin_instance_attr_policy,
	&vipin_instance_attr_formats,
	&vipin_instance_attr_inputs,
	NULL
};

/* After rmdir, or a mkdir that failed. A live device ends here, when configfs holds no lock. */
static void vipin_instance_release(struct config_item *item)
{
	struct vipin_instance *instance = to_instance(item);

	if (instance->pdev)
		vipin_instance_stop(instance);
	mutex_destroy(&instance->lock);
	kfree(instance);
}

static struct configfs_item_operations vipin_instance_operations = {
	.release	= vipin_instance_release,
};

static const struct config_item_type vipin_instance_type = {
	.ct_owner	= THIS_MODULE,
	.ct_item_ops	= &vipin_instance_operations,
	.ct_attrs	= vipin_instance_attributes,
};

/* The name becomes a part of lines in sysfs and in the kernel log. */
static bool vipin_name_is_printable(const char *name)
{
	for (; *name; name++)
		if (!isascii(*name) || !isprint(*name))
			return false;
	return true;
}

static struct config_item *vipin_instance_make(struct config_group *group, const char *name)
{
	struct vipin_instance *instance;

	if (strlen(name) > VIPIN_MAX_NAME)
		return ERR_PTR(-ENAMETOOLONG);
	if (!vipin_name_is_printable(name))
		return ERR_PTR(-EINVAL);
	instance = kzalloc_obj(*instance);
	if (!instance)
		return ERR_PTR(-ENOMEM);
	vipin_config_init(&instance->config);
	strscpy(instance->config.name, name, sizeof(instance->config.name));
	instance->numa_node = NUMA_NO_NODE;
	mutex_init(&instance->lock);
	config_item_init_type_name(&instance->item, name, &vipin_instance_type);
	return &instance->item;
}

static struct configfs_group_operations vipin_group_operations = {
	.make_item	= vipin_instance_make,
};

static const struct config_item_type vipin_group_type = {
	.ct_owner	= THIS_MODULE,
	.ct_group_ops	= &vipin_group_operations,
};

static struct configfs_subsystem vipin_configfs = {
	.su_group = {
		.cg_item = {
			.ci_namebuf	= KBUILD_MODNAME,
			.ci_type	= &vipin_group_type,
		},
	},
	.su_mutex = __MUTEX_INITIALIZER(vipin_configfs.su_mutex),
};

/**
 * vipin_configfs_register() - create the directory vipin of configfs
 *
 * Return: 0, or the error of configfs_register_subsystem().
 */
int __init vipin_configfs_register(void)
{
	config_group_init(&vipin_configfs.su_group);
	return configfs_register_subsystem(&vipin_configfs);
}

/**
 * vipin_configfs_unregister() - remove the directory vipin of configfs
 *
 * It is empty: each directory in it holds a reference to the module.
 */
void vipin_configfs_unregister(void)
{
	configfs_unregister_subsystem(&vipin_configfs);
}
