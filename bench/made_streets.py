"""The streets of a made-up city as arrays: nodes in metres, and lines of nodes with tags. make_streets.py writes them.

Arterials stand about every eight streets; between them each quarter has blocks of its own size and shape. A river cuts through,
crossed by few bridges, with a footpath on either bank that passes below them. Some arterials fly over others, some blocks
have dead ends, crescents or footways, and a motorway that nobody walks passes over everything. The same seed makes the same
city.
"""
import math
from dataclasses import dataclass, field

import numpy as np

QUARTER = 8  # streets between arterials
# What a quarter leaves out: nothing, every second street across or along, both, or all but its arterials.
KINDS = {"dense": 0.4, "wide": 0.22, "tall": 0.18, "large": 0.15, "open": 0.05}
EDGES_PER_CROSSING = 1.51  # of a large city: sizes are asked for in edges


@dataclass
class Lines:
    """Lines one after another: `refs` are numbers of nodes, line i has refs[first[i] : first[i + 1]] and tags[tag_of[i]]."""

    refs: list = field(default_factory=list)
    sizes: list = field(default_factory=list)
    tag_of: list = field(default_factory=list)
    tags: list = field(default_factory=list)

    def add(self, refs, sizes, tags, tag_of=None):
        """Lines of `sizes` nodes each; `tags` is one dictionary for all of them or, with `tag_of`, a list."""
        tags = [tags] if tag_of is None else tags
        tag_of = np.zeros(len(sizes), np.int64) if tag_of is None else tag_of
        self.refs.append(np.asarray(refs, np.int64).ravel())
        self.sizes.append(np.asarray(sizes, np.int64))
        self.tag_of.append(np.asarray(tag_of, np.int64) + len(self.tags))
        self.tags += tags

    def joined(self):
        """(refs, first, tag_of, tags)"""
        sizes = np.concatenate(self.sizes)
        return np.concatenate(self.refs), np.concatenate([[0], np.cumsum(sizes)]), np.concatenate(self.tag_of), self.tags


class Streets:
    """x, y: of every node; lines: what the file holds, the motorway and the river too."""

    def __init__(self, edges, seed):
        self.rng = np.random.default_rng(seed)
        self.side = max(2 * QUARTER + 1, round(math.sqrt(edges / EDGES_PER_CROSSING)))
        self.x, self.y, self.count, self.lines = [], [], 0, Lines()
        self.lay_crossings()
        self.cut_quarters()
        self.cut_river()
        self.fly_over()
        self.curve()
        self.cut_streets()
        self.add_inside_blocks()
        self.add_motorway()
        self.x, self.y = np.concatenate(self.x), np.concatenate(self.y)

    def add_nodes(self, x, y):
        """Numbers of the new nodes, in the shape of x."""
        first, self.count = self.count, self.count + np.size(x)
        self.x.append(np.ravel(x))
        self.y.append(np.ravel(y))
        return np.arange(first, self.count).reshape(np.shape(x))

    def lay_crossings(self):
        """A lattice with gaps of 35 to 240 m, bent and shaken."""
        n, rng = self.side, self.rng
        gaps = np.clip(rng.lognormal(math.log(85), 0.35, (2, n - 1)), 35, 240)
        along = np.concatenate([np.zeros((2, 1)), np.cumsum(gaps, axis=1)], axis=1)
        along -= along[:, -1:] / 2
        x, y = np.meshgrid(along[0], along[1])
        phase = rng.uniform(0, 2 * math.pi, 6)
        bent_x = x + 170 * np.sin(y / 1100 + phase[0]) + 90 * np.sin(x / 900 + y / 700 + phase[1])
        bent_y = y + 170 * np.sin(x / 1300 + phase[2]) + 90 * np.sin(y / 800 - x / 600 + phase[3])
        self.cross_x, self.cross_y = bent_x + rng.normal(0, 5, x.shape), bent_y + rng.normal(0, 5, x.shape)
        self.river_phase = phase[4:]
        self.crossing = self.add_nodes(self.cross_x, self.cross_y)

    def cut_quarters(self):
        """across[r, c]: the street from crossing (r, c) to (r, c + 1) is there; down[r, c]: the one to (r + 1, c)."""
        n, rng = self.side, self.rng
        quarters = -(-n // QUARTER)
        kind = rng.choice(len(KINDS), (quarters, quarters), p=list(KINDS.values()))
        index = np.arange(n)
        kind_of = np.repeat(np.repeat(kind, QUARTER, 0), QUARTER, 1)[:n, :n]
        is_ = lambda *names: np.isin(kind_of, [list(KINDS).index(name) for name in names])
        inner, odd = index % QUARTER != 0, index % QUARTER % 2 == 1
        self.arterial = ~inner
        across, down = np.ones((n, n - 1), bool), np.ones((n - 1, n), bool)
        across &= ~(is_("tall", "large") & odd[:, None] | is_("open") & inner[:, None])[:, :-1]
        down &= ~(is_("wide", "large") & odd[None, :] | is_("open") & inner[None, :])[:-1, :]
        across &= (rng.random(across.shape) > 0.06) | self.arterial[:, None]
        down &= (rng.random(down.shape) > 0.06) | self.arterial[None, :]
        self.across, self.down = across, down

    def river_at(self, x):
        """(middle, half width) of the river."""
        width = max(np.ptp(self.cross_x), 1.0)
        middle = 0.05 * width * np.sin(2 * math.pi * x / width + self.river_phase[0]) + 120 * np.sin(x / 1700 + self.river_phase[1])
        return middle, 70 + 25 * np.sin(x / 900 + self.river_phase[1])

    def cut_river(self):
        """No street in the water or across it; a bridge at every third arterial, paths on the banks."""
        middle, half = self.river_at(self.cross_x)
        bank = np.where(np.abs(self.cross_y - middle) < half, 0, np.sign(self.cross_y - middle)).astype(int)
        self.across &= (bank[:, :-1] == bank[:, 1:]) & (bank[:, 1:] != 0)
        self.down &= (bank[:-1] == bank[1:]) & (bank[1:] != 0)
        south = np.array([np.flatnonzero(bank[:, c] < 0)[-1] if (bank[:, c] < 0).any() else -1 for c in range(self.side)])
        north = np.array([np.flatnonzero(bank[:, c] > 0)[0] if (bank[:, c] > 0).any() else -1 for c in range(self.side)])
        both = (south >= 0) & (north >= 0)
        bridges = np.flatnonzero(both & (np.arange(self.side) % (3 * QUARTER) == QUARTER))
        ends = np.stack([self.crossing[south[bridges], bridges], self.crossing[north[bridges], bridges]], axis=1)
        self.lines.add(ends, np.full(len(bridges), 2), {"highway": "primary", "bridge": "yes", "layer": "1"})
        self.bridges = len(bridges)
        wet = both & ~np.isin(np.arange(self.side), bridges)
        for row, side in ((south, -1), (north, 1)):
            cols = np.flatnonzero(both)
            x = self.cross_x[row[cols], cols]
            at, half = self.river_at(x)
            path = self.add_nodes(x, at + side * (half - 8))
            self.lines.add(path, [len(path)], {"highway": "footway", "surface": "gravel"})
            steps = np.flatnonzero(wet[cols] & (np.arange(len(cols)) % 4 == 0))
            steps = steps[self.used()[row[cols[steps]], cols[steps]]]
            down = np.stack([path[steps], self.crossing[row[cols[steps]], cols[steps]]], axis=1)
            self.lines.add(down, np.full(len(steps), 2), {"highway": "steps"})
        river_x = np.linspace(self.cross_x.min(), self.cross_x.max(), max(2, self.side // 4))
        self.lines.add(self.add_nodes(river_x, self.river_at(river_x)[0]), [len(river_x)], {"waterway": "river"})

    def used(self):
        """Crossings at which a street begins or ends."""
        used = np.zeros((self.side, self.side), bool)
        used[:, :-1] |= self.across
        used[:, 1:] |= self.across
        used[:-1] |= self.down
        used[1:] |= self.down
        return used

    def fly_over(self):
        """One in thirty crossings of arterials is a flyover: the way down passes over and does not meet the way across."""
        rows, cols = np.nonzero(self.arterial[1:-1, None] & self.arterial[None, 1:-1] & self.down[:-1, 1:-1] & self.down[1:, 1:-1])
        chosen = self.rng.random(len(rows)) < 1 / 30
        rows, cols = rows[chosen] + 1, cols[chosen] + 1
        self.down[rows - 1, cols] = self.down[rows, cols] = False
        over = np.stack([self.crossing[rows - 1, cols], self.crossing[rows + 1, cols]], axis=1)
        self.lines.add(over, np.full(len(rows), 2), {"highway": "secondary", "bridge": "yes", "layer": "1"})
        self.flyovers = len(rows)

    def curve(self):
        """0 to 2 nodes of shape for each street between two crossings, a little beside its straight line."""
        self.bends = {}
        for name, there in (("across", self.across), ("down", self.down)):
            number = self.rng.choice(3, there.shape, p=[0.35, 0.4, 0.25]) * there
            first = np.full(there.shape, -1)
            for k in (1, 2):
                rows, cols = np.nonzero(number == k)
                ends = (rows, cols + 1) if name == "across" else (rows + 1, cols)
                ax, ay, bx, by = self.cross_x[rows, cols], self.cross_y[rows, cols], self.cross_x[ends], self.cross_y[ends]
                share = (np.arange(1, k + 1) / (k + 1))[None, :] + self.rng.uniform(-0.1, 0.1, (len(rows), k))
                aside = self.rng.normal(0, 0.03, (len(rows), k))
                dx, dy = (bx - ax)[:, None], (by - ay)[:, None]
                nodes = self.add_nodes(ax[:, None] + share * dx - aside * dy, ay[:, None] + share * dy + aside * dx)
                first[rows, cols] = nodes[:, 0]
            self.bends[name] = number, first

    def cut_streets(self):
        """Streets along rows and columns as lines that begin anew at gaps and, by chance, at crossings."""
        for name, there, ids in (("across", self.across, self.crossing), ("down", self.down.T, self.crossing.T)):
            number, first = (a if name == "across" else a.T for a in self.bends[name])
            line, place = np.nonzero(there)
            number, first = number[there], first[there]
            begins = np.ones(len(line), bool)
            begins[1:] = (line[1:] != line[:-1]) | (place[1:] != place[:-1] + 1) | (self.rng.random(len(line) - 1) < 0.15)
            # Of every street: its first crossing where a line begins, its bends, its last crossing.
            sizes = begins + number + 1
            end = np.cumsum(sizes)
            refs = np.empty(end[-1] if len(end) else 0, np.int64)
            refs[end - 1] = ids[line, place + 1]
            refs[(end - sizes)[begins]] = ids[line, place][begins]
            for k in (1, 2):
                refs[end[number >= k] - 1 - number[number >= k] + k - 1] = first[number >= k] + k - 1
            starts = np.flatnonzero(begins)
            tags = [{"highway": kind} for kind in ("residential", "tertiary", "living_street", "unclassified", "primary", "secondary")]
            chance = self.rng.choice(4, len(starts), p=[0.7, 0.12, 0.08, 0.1])
            tag_of = np.where(self.arterial[line[starts]], 4 + line[starts] // QUARTER % 2, chance)
            self.lines.add(refs, np.add.reduceat(sizes, starts), tags, tag_of)

    def add_inside_blocks(self):
        """North of a street across, within its block: a footway to the next street, a dead end or a crescent."""
        number, first = self.bends["across"]
        chance = self.rng.random(self.across.shape)
        bent, next_bent = number[:-1] > 0, number[1:] > 0
        through = bent & next_bent & (chance[:-1] < 0.08)
        rows, cols = np.nonzero(through)
        self.lines.add(np.stack([first[rows, cols], first[rows + 1, cols]], axis=1), np.full(len(rows), 2), {"highway": "footway"})
        self.add_dead_ends(*np.nonzero(bent & ~through & (chance[:-1] > 0.8)))
        self.add_crescents(*np.nonzero(self.across[:-1] & ~bent & (chance[:-1] > 0.97)))

    def northward(self, rows, cols):
        return self.cross_x[rows + 1, cols] - self.cross_x[rows, cols], self.cross_y[rows + 1, cols] - self.cross_y[rows, cols]

    def add_dead_ends(self, rows, cols):
        """From a bend into the block. Some are private; a few do not touch their street, as by a mistake of who mapped them."""
        start, (north_x, north_y) = self.bends["across"][1][rows, cols], self.northward(rows, cols)
        x, y = self.place(start)
        depth = self.rng.uniform(0.25, 0.45, len(rows))
        loose = self.rng.random(len(rows)) < 0.03
        start = start.copy()
        start[loose] = self.add_nodes(x[loose] + 0.02 * north_x[loose], y[loose] + 0.02 * north_y[loose])
        bend = self.add_nodes(x + depth * north_x, y + depth * north_y)
        end = self.add_nodes(x + depth * north_x + self.rng.uniform(-15, 15, len(rows)), y + 1.3 * depth * north_y)
        kinds = [{"highway": "residential"}, {"highway": "service"}, {"highway": "service", "access": "private"}]
        kind = self.rng.choice(3, len(rows), p=[0.5, 0.35, 0.15])
        self.lines.add(np.stack([start, bend, end], axis=1), np.full(len(rows), 3), kinds, kind)

    def add_crescents(self, rows, cols):
        """Beside a street without bends, from one of its ends to the other."""
        north_x, north_y = self.northward(rows, cols)
        aside = self.add_nodes((self.cross_x[rows, cols] + self.cross_x[rows, cols + 1]) / 2 + 0.3 * north_x,
                               (self.cross_y[rows, cols] + self.cross_y[rows, cols + 1]) / 2 + 0.3 * north_y)
        ends = self.crossing[rows, cols], self.crossing[rows, cols + 1]
        self.lines.add(np.stack([ends[0], aside, ends[1]], axis=1), np.full(len(rows), 3), {"highway": "residential"})

    def place(self, nodes):
        self.x, self.y = [np.concatenate(self.x)], [np.concatenate(self.y)]
        return self.x[0][nodes], self.y[0][nodes]

    def add_motorway(self):
        share = np.linspace(0, 1, max(2, self.side // 5))
        x, y = (a[0, 0] + share * (a[-1, -1] - a[0, 0]) for a in (self.cross_x, self.cross_y))
        tags = {"highway": "motorway", "bridge": "yes", "layer": "2", "oneway": "yes"}
        self.lines.add(self.add_nodes(x, y), [len(share)], tags)


def walkable(tags):
    """As datasets/streets/walkable.csv has it, of the tags that are made here."""
    return "highway" in tags and tags["highway"] != "motorway" and tags.get("access") != "private"


def walked(lines):
    """(refs, first) of the lines that can be walked."""
    refs, first, tag_of, tags = lines.joined()
    keep = np.array([walkable(one) for one in tags])[tag_of]
    sizes = np.diff(first)
    return refs[np.repeat(keep, sizes)], np.concatenate([[0], np.cumsum(sizes[keep])])


def graph_size(lines):
    """(nodes, edges) of the graph: edges run between nodes at which lines end or meet."""
    refs, first = walked(lines)
    times = np.bincount(refs)
    times[refs[first[:-1]]] += 1
    times[refs[first[1:] - 1]] += 1
    return int((times > 1).sum()), int((times[refs] > 1).sum() - (len(first) - 1))
