// SPDX-License-Identifier: GPL-2.0-only
/*
 * A PCI BAR, of whatever function is written to the driver's new_id
 *
 * The function may be taken away at any time, and its BAR must not stay mapped
 * then. unmap_mapping_range() finds every VMA of a file, also those of forked
 * children, with one exception: a VMA that mmap() is just making is linked into
 * the file's mapping only after the driver's mmap method returned. It is made
 * under the mmap lock, so vimap remembers which address spaces mapped the BAR,
 * and passes through the mmap lock of each before it unmaps.
 */
#include <linux/io.h>
#include <linux/list.h>
#include <linux/pci.h>
#include <linux/sched/mm.h>
#include <linux/security.h>

#include "vimap.h"
#include "vimap-compat.h"

/**
 * struct vimap_bar_user - an address space that mapped the BAR through a file
 * @node:	in vimap_bar.users
 * @vf:		the file
 * @mm:		the address space; the structure is held, its memory is not
 * @settled:	its mmap lock was passed since the BAR began to go away
 */
struct vimap_bar_user {
	struct list_head node;
	struct vimap_file *vf;
	struct mm_struct *mm;
	bool settled;
};

/*
 * The one BAR. Lock order: mmap lock, vimap_file.lock, this lock, and inside it
 * only what unmap_mapping_range() takes.
 */
static struct {
	struct mutex lock;		/* of all below */
	struct list_head users;
	struct pci_dev *pdev;		/* NULL while there is none */
	int nr;				/* which of its BARs */
	bool going;			/* no new mapping any more */
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
 * @vf:		the open file, its lock held
 * @vma:	where, up to VIMAP_SIZE bytes
 *
 * A device's memory is no way around a kernel that is locked down: as for a BAR
 * that sysfs maps (pci_mmap_resource()).
 *
 * Return: 0, -EPERM if the kernel is locked down, -ENODEV while no PCI function
 * with a suitable BAR is bound, -ENOMEM, or what io_remap_pfn_range() said.
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
 * vimap_bar_release() - forget who mapped the BAR through a file
 * @vf:	the file, no longer open nor mapped
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
 * The address space of a user who might be inside mmap() right now; NULL when
 * there is none left. The caller drops it.
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

/* After this, nobody has the BAR mapped; who touches it gets SIGBUS. */
static void vimap_bar_revoke(void)
{
	struct vimap_bar_user *user, *next;
	struct mm_struct *mm;

	mutex_lock(&vimap_bar.lock);
	vimap_bar.going = true;

	while ((mm = vimap_bar_next_unsettled())) {
		/* mmap() has the two locks the other way round. */
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
 * The largest prefetchable BAR. That is memory: what is not prefetchable may be
 * registers, which must not be filled with a pattern, nor be read by a test that
 * compares bytes. Returns a negative number if none has VIMAP_SIZE bytes.
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

	/* The same memory type as the mappings, for x86 wants all to agree. */
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

	/* To fill a BAR is to write to the device. */
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
		pci_info(pdev, "%s has a BAR already, of %s\n", VIMAP_NAME,
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

	pci_info(pdev, "BAR %d for /dev/%s\n", nr, VIMAP_NAME);

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

	/* Only now another function may take its place. */
	mutex_lock(&vimap_bar.lock);
	vimap_bar.pdev = NULL;
	mutex_unlock(&vimap_bar.lock);
}

/* No IDs of its own: every function is given to it by hand, through new_id. */
static struct pci_driver vimap_bar_driver = {
	.name		= VIMAP_NAME,
	.id_table	= NULL,
	.probe		= vimap_bar_probe,
	.remove		= vimap_bar_remove,
};

/**
 * vimap_bar_init() - offer new_id
 *
 * Return: 0 or a negative errno.
 */
int vimap_bar_init(void)
{
	return pci_register_driver(&vimap_bar_driver);
}

/**
 * vimap_bar_exit() - let go of the function, if there is one
 */
void vimap_bar_exit(void)
{
	pci_unregister_driver(&vimap_bar_driver);
}
