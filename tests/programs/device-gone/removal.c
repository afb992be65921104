// SPDX-License-Identifier: GPL-2.0-only
/*
 * removal.c - ways to remove a device of vipin, and to bring it back
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/pci_regs.h>

#include "common/macros.h"
#include "common/text-file.h"
#include "removal.h"
#include "stage.h"

static int write_file(const char *folder, const char *file, const char *text)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	return text_file_write(path, text);
}

static bool exists(const char *folder, const char *file)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	return !access(path, F_OK);
}

static bool read_line(const char *path, char *line, size_t size)
{
	FILE *f = fopen(path, "re");
	bool done = f && fgets(line, size, f);

	if (f)
		fclose(f);
	if (done)
		line[strcspn(line, "\n")] = 0;
	return done;
}

/**
 * device_find() - find the device of a node
 * @device:	filled in
 * @node:	path of the node, /dev/videoN
 *
 * Ends the program if the node is not one of vipin.
 */
void device_find(struct device *device, const char *node)
{
	const char *number = strrchr(node, '/');
	char path[PATH_MAX], name[64];

	snprintf(path, sizeof(path), "/sys/class/video4linux%.32s/name", number ? number : "/");
	if (!read_line(path, name, sizeof(name)) || !strrchr(name, '-'))
		die(node);
	snprintf(device->suffix, sizeof(device->suffix), "%.7s", strrchr(name, '-'));
	snprintf(path, sizeof(path), "/sys/class/video4linux%.32s/device", number);
	if (!realpath(path, device->folder))
		die(path);
	strcat(path, "/driver");
	if (!realpath(path, device->driver))
		die(path);
	device->name = strrchr(device->folder, '/') + 1;
	device->module = strrchr(device->driver, '/') + 1;
}

/**
 * device_node() - find the node of a device
 * @device:	the device; its node may have another number than before
 * @node:	filled in: its path, /dev/videoN
 * @size:	room in @node
 *
 * Return: true if there is one.
 */
bool device_node(const struct device *device, char *node, size_t size)
{
	char pattern[PATH_MAX + 32], name[64];
	bool found = false;
	glob_t files;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s/video4linux/video*/name", device->folder);
	if (glob(pattern, 0, NULL, &files))
		return false;
	for (i = 0; i < files.gl_pathc && !found; i++) {
		if (!read_line(files.gl_pathv[i], name, sizeof(name)) || !strrchr(name, '-') ||
		    strcmp(strrchr(name, '-'), device->suffix))
			continue;
		*strrchr(files.gl_pathv[i], '/') = 0;
		snprintf(node, size, "/dev%s", strrchr(files.gl_pathv[i], '/'));
		found = !access(node, F_OK);
	}
	globfree(&files);
	return found;
}

static int unbind(const struct device *device)
{
	return write_file(device->driver, "unbind", device->name);
}

static int bind(const struct device *device)
{
	return write_file(device->driver, "bind", device->name);
}

static bool is_bound(const struct device *device)
{
	return exists(device->driver, device->name);
}

/* The function leaves its bus and its IOMMU group. */
static int remove_function(const struct device *device)
{
	return write_file(device->folder, "remove", "1");
}

/* The driver accepts the function's ID since new_id, and binds to it. */
static int rescan(const struct device *device)
{
	return exists(device->folder, "") ? -EEXIST : write_file("/sys/bus/pci", "rescan", "1");
}

static bool is_function(const struct device *device)
{
	return exists(device->folder, "remove");
}

/* Fill in the folder of the hot-plug slot that a PCI function is in. */
static bool find_slot(const struct device *device, char *slot, size_t size)
{
	char address[16];
	bool found = false;
	glob_t files;
	size_t i;

	if (glob("/sys/bus/pci/slots/*/address", 0, NULL, &files))
		return false;
	for (i = 0; i < files.gl_pathc && !found; i++) {
		if (!read_line(files.gl_pathv[i], address, sizeof(address)) ||
		    strncmp(address, device->name, strlen(address)))
			continue;
		*strrchr(files.gl_pathv[i], '/') = 0;
		snprintf(slot, size, "%s", files.gl_pathv[i]);
		found = exists(slot, "power");
	}
	globfree(&files);
	return found;
}

/* Switch the slot off. Then QEMU unplugs the function (pcie_cap_slot_do_unplug()). */
static int unplug(const struct device *device)
{
	char slot[PATH_MAX];

	return find_slot(device, slot, sizeof(slot)) ? write_file(slot, "power", "0") : -ENODEV;
}

static bool has_slot(const struct device *device)
{
	char slot[PATH_MAX];

	return find_slot(device, slot, sizeof(slot));
}

/* Return the place of Slot Control in the configuration space of a port, or 0. */
static off_t find_slot_control(int port)
{
	unsigned char place, capability[2];

	if (pread(port, &place, 1, PCI_CAPABILITY_LIST) != 1)
		return 0;
	while (place && pread(port, capability, 2, place) == 2) {
		if (capability[0] == PCI_CAP_ID_EXP)
			return place + PCI_EXP_SLTCTL;
		place = capability[1];
	}
	return 0;
}

static int write_word(int port, off_t place, unsigned int word)
{
	const unsigned char bytes[2] = { word, word >> 8 };

	return pwrite(port, bytes, 2, place) == 2 ? 0 : -errno;
}

/*
 * Take the function out of its slot before the kernel knows. QEMU does that when Slot Control
 * switches the slot off (pcie_cap_slot_do_unplug()). Slot Control is as before when the interrupt
 * is allowed again, so the kernel's driver finds no reason except that the card is missing. It
 * removes the function in a thread of its own.
 */
static int pull_out(const struct device *device)
{
	unsigned char bytes[2];
	char path[PATH_MAX + 32];
	unsigned int control;
	int port, err = -EIO;
	off_t place;

	snprintf(path, sizeof(path), "%s/../config", device->folder);
	port = open(path, O_RDWR | O_CLOEXEC);
	if (port < 0)
		return -errno;
	place = find_slot_control(port);
	if (place && pread(port, bytes, 2, place) == 2) {
		control = bytes[0] | bytes[1] << 8;
		err = write_word(port, place, (control & ~PCI_EXP_SLTCTL_HPIE) |
				 PCI_EXP_SLTCTL_PCC | PCI_EXP_SLTCTL_PWR_IND_OFF);
		err = err ? err : write_word(port, place, control | PCI_EXP_SLTCTL_PDCE);
	}
	close(port);
	while (!err && exists(device->folder, ""))
		usleep(1000);
	return err;
}

static const struct removal removals[] = {
	{ "unbind", unbind, bind, is_bound },
	{ "remove", remove_function, rescan, is_function },
	{ "unplug", unplug, NULL, has_slot },
	{ "pull-out", pull_out, NULL, has_slot },
};

/**
 * removal_by_name() - find a way to remove a device
 * @name:	of the way
 *
 * Return: the way, or NULL.
 */
const struct removal *removal_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(removals); i++)
		if (!strcmp(removals[i].name, name))
			return &removals[i];
	return NULL;
}

/**
 * removal_is_name() - check whether a way exists
 * @name:	of the way
 *
 * Return: true if it does.
 */
bool removal_is_name(const char *name)
{
	return removal_by_name(name);
}

/* Unload the driver, as rmmod does. A driver that is built in has no such file. */
static int unload(const struct device *device)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "/sys/module/%.32s", device->module);
	if (!exists(folder, "initstate"))
		return -EBUSY;
	return syscall(SYS_delete_module, device->module, O_NONBLOCK) ? -errno : 0;
}

/* Give the device's IOMMU group another type of domain. 5.10 has no such file to write to. */
static int change_domain(const struct device *device)
{
	char path[PATH_MAX + 32], type[16];

	snprintf(path, sizeof(path), "%s/iommu_group/type", device->folder);
	if (!read_line(path, type, sizeof(type)))
		return -EBUSY;
	return write_file(device->folder, "iommu_group/type",
			  strcmp(type, "identity") ? "identity" : "DMA");
}

static const struct {
	const char *what;
	int (*attempt)(const struct device *device);
	int errors[3];
} refused[] = {
	{ "unloading the module", unload, { EBUSY, EAGAIN } },
	/*
	 * EBUSY before the ownership of groups; EPERM since, in iommu_group_store_type(). EACCES:
	 * the file cannot be written.
	 */
	{ "another domain for the IOMMU group", change_domain, { EBUSY, EPERM, EACCES } },
};

/**
 * removal_is_refused() - check that a device in use cannot be taken away in other ways
 * @device:	the device; one of its nodes is open
 * @why:	filled in, if one succeeds, or has another errno than it should
 * @size:	room in @why
 *
 * Return: true if all are refused.
 */
bool removal_is_refused(const struct device *device, char *why, size_t size)
{
	size_t i, j;
	int error;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		error = refused[i].attempt(device);
		for (j = 0; j < ARRAY_SIZE(refused[i].errors); j++)
			if (error && error == -refused[i].errors[j])
				break;
		if (j < ARRAY_SIZE(refused[i].errors))
			continue;
		snprintf(why, size, "%s: %s", refused[i].what, strerror(-error));
		return false;
	}
	return true;
}
