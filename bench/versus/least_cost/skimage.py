import numpy as np
import skimage
from skimage.graph import MCP_Geometric

from contest import cells, contend


def load(data, threads):
    return cells(data, "resistance").astype(np.float64), [tuple(place) for place in np.argwhere(cells(data, "sources"))]


def run(state):
    resistance, starts = state
    costs, _ = MCP_Geometric(resistance, fully_connected=True).find_costs(starts)
    return costs


contend(f"scikit-image {skimage.__version__} MCP_Geometric", load, run, lambda cost: {"cost": cost}, one_thread=True)
