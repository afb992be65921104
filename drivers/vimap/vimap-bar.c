// SPDX-License-Identifier: GPL-2.0-only
/*
 * vimap-bar.c - map a BAR of the PCI function whose IDs were written to new_id
 *
 * The function may be unbound or unplugged at any time, and its BAR must not stay
 * mapped after that. unmap_mapping_range() finds every VMA of a file, including the
 * VMAs of forked children, except one: a VMA under construction in mmap() is linked
 * into the file's mapping only after the driver's mmap method has returned. mmap()
 * holds the mmap lock all that time. So vimap records which address spaces have
 * mapped the BAR, and takes and releases the mmap lock of each before it unmaps.
 */
#include <linux/io.h>
#include <linux/list.h>
#include <linux/pci.h>
#include <linux/sched/mm.h>
#include <linux/security.h>

#include "vimap.h"
#include "vimap-compat.h"

/**
 * struct vimap_bar_user - an address space that has mapped the BAR through a file
 * @node:	entry of vimap_bar.users
 * @vf:		the file
 * @mm:		the address space; mmgrab() keeps the structure, not the memory
 * @settled:	vimap_bar_revoke() has taken and released its mmap lock
 */
struct vimap_bar_user {
	struct list_head node;
	struct vimap_file *vf;
	struct mm_struct *mm;
	bool settled;
};

/*
 * The state of the one BAR. Lock order: mmap lock, vimap_file.lock, this lock, and last
 * the locks of unmap_mapping_range().
 */
static struct {
	struct mutex lock;		/* guards all fields below */
	struct list_head users;
	struct pci_dev *pdev;		/* NULL while no function is bound */
	int nr;				/* number of the BAR, from 0 */
	bool going;			/* being revoked: allow no new mapping */
} vimap_bar = {
	.lock	= __MUTEX_INITIALIZER(vimap_bar.lock),
	.users	= LIST_HEAD_INIT(vimap_bar.users),
};

static int vimap_bar_add_user(struct vimap_file *vf, struct mm_struct *mm)
{
	struct vimap_bar_user *user;

	list_for_each_entry(user, &vimap_bar.users, node)
		if (user->vf == vf && user->mm == mm)
			return 0;

	user = kzalloc_obj(*user);
	if (!user)
		return -ENOMEM;

	mmgrab(mm);
	user->vf = vf;
	user->mm = mm;
	list_add(&user->node, &vimap_bar.users);

	return 0;
}

static void vimap_bar_del_user(struct vimap_bar_user *user)
{
	list_del(&user->node);
	mmdrop(user->mm);
	kfree(user);
}

/**
 * vimap_bar_mmap() - map the BAR
 * @vf:		the open file; its lock is held
 * @vma:	the VMA to fill, at most VIMAP_SIZE bytes
 *
 * A locked-down kernel does not allow this. pci_mmap_resource() has the same check
 * for BARs that are mapped through sysfs.
 *
 * Return: 0, -EPERM if the kernel is locked down, -ENODEV while no PCI function
 * with a suitable BAR is bound, -ENOMEM, or the error of io_remap_pfn_range().
 */
int vimap_bar_mmap(struct vimap_file *vf, struct vm_area_struct *vma)
{
	struct pci_dev *pdev;
	int ret;

	ret = security_locked_down(LOCKDOWN_PCI_ACCESS);
	if (ret)
		return ret;

	mutex_lock(&vimap_bar.lock);
	pdev = vimap_bar.pdev;
	if (!pdev || vimap_bar.going) {
		ret = -ENODEV;
		goto out;
	}

	ret = vimap_bar_add_user(vf, vma->vm_mm);
	if (ret)
		goto out;

	vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);
	ret = io_remap_pfn_range(vma, vma->vm_start,
				 PHYS_PFN(pci_resource_start(pdev, vimap_bar.nr)),
				 vma->vm_end - vma->vm_start, vma->vm_page_prot);
out:
	mutex_unlock(&vimap_bar.lock);

	return ret;
}

/**
 * vimap_bar_release() - remove the records of address spaces that used a file
 * @vf:	the file, which is neither open nor mapped any more
 */
void vimap_bar_release(struct vimap_file *vf)
{
	struct vimap_bar_user *user, *next;

	mutex_lock(&vimap_bar.lock);
	list_for_each_entry_safe(user, next, &vimap_bar.users, node)
		if (user->vf == vf)
			vimap_bar_del_user(user);
	mutex_unlock(&vimap_bar.lock);
}

/*
 * Return an address space in which an mmap() of the BAR may be under way, or NULL if
 * there is none left. The caller must mmdrop() it.
 */
static struct mm_struct *vimap_bar_next_unsettled(void)
{
	struct vimap_bar_user *user;

	list_for_each_entry(user, &vimap_bar.users, node) {
		if (user->settled)
			continue;
		user->settled = true;
		mmgrab(user->mm);
		return user->mm;
	}

	return NULL;
}

/* Unmap the BAR from all address spaces. Any later access raises SIGBUS. */
static void vimap_bar_revoke(void)
{
	struct vimap_bar_user *user, *next;
	struct mm_struct *mm;

	mutex_lock(&vimap_bar.lock);
	vimap_bar.going = true;

	while ((mm = vimap_bar_next_unsettled())) {
		/* mmap() takes the mmap lock first, so drop vimap_bar.lock here. */
		mutex_unlock(&vimap_bar.lock);
		mmap_read_lock(mm);
		mmap_read_unlock(mm);
		mmdrop(mm);
		mutex_lock(&vimap_bar.lock);
	}

	list_for_each_entry_safe(user, next, &vimap_bar.users, node) {
		unmap_mapping_range(user->vf->file->f_mapping,
				    VIMAP_OFFSET(VIMAP_BAR), VIMAP_SIZE, 1);
		vimap_bar_del_user(user);
	}
	mutex_unlock(&vimap_bar.lock);
}

/*
 * Choose the largest prefetchable BAR. A prefetchable BAR is memory. Other BARs may be
 * registers: vimap must not write its pattern to them, and tests must not read them.
 * Return a negative number if no prefetchable BAR has VIMAP_SIZE bytes.
 */
static int vimap_bar_choose(struct pci_dev *pdev)
{
	int nr, best = -1;

	for (nr = 0; nr < PCI_STD_NUM_BARS; nr++) {
		unsigned long flags = pci_resource_flags(pdev, nr);

		if (!(flags & IORESOURCE_MEM) || (flags & IORESOURCE_UNSET) ||
		    !(flags & IORESOURCE_PREFETCH))
			continue;
		if (pci_resource_len(pdev, nr) < VIMAP_SIZE)
			continue;

		if (best < 0 ||
		    pci_resource_len(pdev, nr) > pci_resource_len(pdev, best))
			best = nr;
	}

	return best;
}

static int vimap_bar_fill(struct pci_dev *pdev, int nr)
{
	void __iomem *bar;

	/* Use the memory type of the mappings: on x86, all must be the same. */
	bar = ioremap_wc(pci_resource_start(pdev, nr), VIMAP_SIZE);
	if (!bar)
		return -ENOMEM;

	memset_io(bar, VIMAP_PATTERN, VIMAP_SIZE);
	iounmap(bar);

	return 0;
}

static int vimap_bar_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int nr, ret;

	/* vimap_bar_fill() writes to the device, which needs the same permission. */
	ret = security_locked_down(LOCKDOWN_PCI_ACCESS);
	if (ret)
		return ret;

	nr = vimap_bar_choose(pdev);
	if (nr < 0) {
		pci_info(pdev, "no prefetchable memory BAR of %lu bytes\n",
			 VIMAP_SIZE);
		return -ENODEV;
	}

	mutex_lock(&vimap_bar.lock);
	if (vimap_bar.pdev) {
		pci_info(pdev, "%s already uses a BAR of %s\n", VIMAP_NAME,
			 pci_name(vimap_bar.pdev));
		ret = -EBUSY;
		goto err_unlock;
	}

	ret = pci_enable_device_mem(pdev);
	if (ret)
		goto err_unlock;

	ret = pci_request_region(pdev, nr, VIMAP_NAME);
	if (ret)
		goto err_disable;

	ret = vimap_bar_fill(pdev, nr);
	if (ret)
		goto err_region;

	vimap_bar.pdev = pdev;
	vimap_bar.nr = nr;
	vimap_bar.going = false;
	mutex_unlock(&vimap_bar.lock);

	pci_info(pdev, "BAR %d is mapped by /dev/%s\n", nr, VIMAP_NAME);

	return 0;

err_region:
	pci_release_region(pdev, nr);
err_disable:
	pci_disable_device(pdev);
err_unlock:
	mutex_unlock(&vimap_bar.lock);
	return ret;
}

static void vimap_bar_remove(struct pci_dev *pdev)
{
	vimap_bar_revoke();

	pci_release_region(pdev, vimap_bar.nr);
	pci_disable_device(pdev);

	/* Allow another function to be bound only now, when the BAR is released. */
	mutex_lock(&vimap_bar.lock);
	vimap_bar.pdev = NULL;
	mutex_unlock(&vimap_bar.lock);
}

/* There is no ID table: functions are bound only by an explicit write to new_id. */
static struct pci_driver vimap_bar_driver = {
	.name		= VIMAP_NAME,
	.id_table	= NULL,
	.probe		= vimap_bar_probe,
	.remove		= vimap_bar_remove,
};

/**
 * vimap_bar_init() - register the PCI driver
 *
 * Return: 0, or the error of pci_register_driver().
 */
int vimap_bar_init(void)
{
	return pci_register_driver(&vimap_bar_driver);
}

/**
 * vimap_bar_exit() - unregister the PCI driver, and unbind its function
 */
void vimap_bar_exit(void)
{
	pci_unregister_driver(&vimap_bar_driver);
}
