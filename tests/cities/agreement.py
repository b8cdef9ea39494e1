"""Holds figures of the engine against recomputed ones: every difference beyond its tolerance is named."""

from reference import EIGHT, linked_labels, results, sums, window_share

import numpy as np


class Agreement:
    """is_(key, value) for one figure; settled() fails with the list of those that differ."""

    def __init__(self, folder, date=""):
        self.rows, self.date, self.differences, self.worst, self.count = results(folder), date, [], {}, 0

    def row(self, zone, indicator, variant="", code=""):
        return self.rows[(self.date, zone, indicator, variant, code)]

    def is_(self, expected, zone, indicator, variant="", code="", relative=1e-9, absolute=0.0, column="value"):
        row = self.row(zone, indicator, variant, code)
        self.count += 1
        if row[column] == "":
            self.differences.append(f"{zone or 'city'} {indicator} {variant} {code}: {row['status']}, expected {expected!r}")
            return
        found = float(row[column])
        off = abs(found - expected)
        ratio = off / abs(expected) if expected else (0.0 if off == 0 else np.inf)
        if off > absolute:
            self.worst[indicator] = max(self.worst.get(indicator, 0.0), ratio)
        if not (off <= absolute or ratio <= relative):
            name = f"{zone or 'city'} {indicator} {variant} {code} {column}"
            self.differences.append(f"{name}: {found!r}, expected {expected!r} ({ratio:.1e})")

    def settled(self):
        assert self.count > 0
        assert not self.differences, "\n".join(self.differences[:40])


class Cover:
    """A land cover on its grid. roles: {role: mask}; codes: {code: mask}; connect_reach: what links natural patches."""

    def __init__(self, grid, known, roles, codes, connect_reach=None):
        self.grid, self.area_m2, self.known, self.roles, self.codes = grid, grid.area_m2, known, roles, codes
        self.reach, self.linked = connect_reach, {}

    def part(self, window):
        """The cells of a window; grid stays the whole one's."""
        out = Cover.__new__(Cover)
        out.grid, out.area_m2, out.known, out.reach = self.grid, self.area_m2[window], self.known[window], self.reach
        out.roles = {role: mask[window] for role, mask in self.roles.items()}
        out.codes = {code: mask[window] for code, mask in self.codes.items()}
        return out

    def groups(self, least_m2):
        """Labels of linked natural patches of at least least_m2, in and around the city, and (names, areas) of the groups."""
        if least_m2 not in self.linked:
            _, mask = patches_of(self.roles["natural"], self.area_m2, least_m2)
            labels = linked_labels(mask, self.reach)
            self.linked[least_m2] = labels, sums(labels, self.area_m2)
        return self.linked[least_m2]


def window_of(share):
    rows, columns = np.flatnonzero(share.any(axis=1)), np.flatnonzero(share.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def patches_of(mask, areas, least_m2):
    """Areas of the patches of at least least_m2, and the mask of their cells."""
    labels = linked_labels(mask, EIGHT)
    names, sizes = sums(labels, areas)
    kept = sizes >= least_m2
    return sizes[kept], np.isin(labels, names[kept]) & mask


def check_land(agreement, cover, zone, share, relative=1e-9, least_patch_m2=0.0):
    """Class areas, role shares, patches and mesh of one zone, whose covered shares are `share` (of the whole cover)."""
    window = window_of(share)
    check_land_of_window(agreement, cover, zone, window, share[window], relative, least_patch_m2)


def check_land_of_window(agreement, cover, zone, window, share, relative=1e-9, least_patch_m2=0.0):
    """The same with the shares of a window that holds the zone."""
    whole, cover = cover, cover.part(window)
    areas = share * cover.area_m2
    known = areas[cover.known].sum()

    def is_(expected, *key, **more):
        agreement.is_(expected, zone, *key, **{"relative": relative, **more})

    is_(known / areas.sum(), "green_share", column="valid_share")
    is_(known, "class_area_m2", code="total")
    for code, mask in cover.codes.items():
        is_(areas[mask].sum(), "class_area_m2", code=str(code))
    for role, mask in cover.roles.items():
        is_(areas[mask].sum() / known, f"{role}_share")

    patches, _ = patches_of(cover.roles["green"] & (share > 0), areas, least_patch_m2)
    is_(len(patches), "patch_count")
    is_(patches.max() / known if len(patches) else 0, "largest_patch_share")
    if len(patches):
        is_(patches.mean() / 1e4, "patch_area_mean_ha")
    if cover.reach:
        labels, groups = whole.groups(least_patch_m2)
        check_mesh(agreement, cover, zone, share, relative, least_patch_m2, labels[window], groups)


def check_mesh(agreement, cover, zone, share, relative, least_m2, labels, groups):
    """Groups of natural patches linked over gaps below the limit; too small patches count neither as links nor as land: too small
    inside the zone for the rule cut, as a whole for cbc.
    labels and groups: those of the whole cover, for connections across the border."""
    areas = share * cover.area_m2
    _, kept = patches_of(cover.roles["natural"] & (share > 0), areas, least_m2)
    cut = sums(linked_labels(kept, cover.reach), areas)[1]
    names, inside = sums(labels, areas)
    complete = groups[1][np.searchsorted(groups[0], names)]
    natural = areas[kept].sum()
    if natural == 0:
        return
    for name, total in (("natural", natural), ("zone", areas.sum()), ("data", areas[cover.known].sum())):
        for indicator, rule, value in (
            ("effective_mesh_size_ha", "cut", (cut**2).sum() / total / 1e4),
            ("effective_mesh_size_ha", "cbc", (inside * complete).sum() / (inside.sum() if name == "natural" else total) / 1e4),
            ("coherence", "cut", (cut**2).sum() / total**2),
        ):
            agreement.is_(value, zone, indicator, f"{name}/{rule}", relative=relative)


def check_people(agreement, cover, zone, share, people, near, variant, relative=1e-8):
    """Residents and what surrounds them; people: those of the zone per cell; near: cells within reach of green."""
    areas = share * cover.area_m2
    agreement.is_(people.sum(), zone, "residents", relative=relative)
    agreement.is_(areas[cover.roles["green"]].sum() / people.sum(), zone, "green_per_resident_m2", relative=relative)
    close = people[near].sum() / people.sum()
    agreement.is_(close, zone, "people_near_green_share", variant, relative=relative, absolute=1e-12)
    around = window_share(cover.roles["green"], cover.known, cover.grid, 300.0)
    seen = np.isfinite(around)
    mean = (people[seen] * around[seen]).sum() / people[seen].sum()
    agreement.is_(mean, zone, "people_weighted_green_share", "300m", relative=relative)
