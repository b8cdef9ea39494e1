"""What `import urbiome` promises."""

import csv
import os
import signal
import subprocess
import threading
import time

import pandas
import pytest

import urbiome

COLUMNS = (
    "city scenario date zone_level zone_id zone_name framework indicator variant class value unit lower upper"
    " valid_share status method group topic score label evidence"
).split()
NUMBERS = ["value", "lower", "upper", "valid_share", "score"]


@pytest.fixture(scope="module")
def table(olinda):
    return urbiome.assess(olinda)


def only(table, **wanted):
    for column, value in wanted.items():
        table = table[table[column] == value]
    return table


def test_columns_and_their_types(table):
    assert list(table.columns) == COLUMNS
    for column in COLUMNS:
        if column in NUMBERS:
            assert table[column].dtype == "float64", column
        else:
            assert all(isinstance(cell, str) for cell in table[column]), column


def test_the_sample_city(table):
    assert set(table.city) == {"Olinda"}
    zones = set(zip(table.zone_level, table.zone_id))
    assert len([zone for zone in zones if zone[0] == "bairro"]) == 31
    residents = only(table, zone_level="city", indicator="residents", group="")
    assert residents.value.tolist() == pytest.approx([377779], abs=1e-6)
    green = only(table, zone_level="city", indicator="green_share").value.iloc[0]
    assert green == pytest.approx(0.23, abs=0.005)
    assert "Alto da Nação" in set(table.zone_name)


def test_a_value_that_is_not_there_is_nan_with_a_status(table):
    blue = only(table, zone_level="city", indicator="blue_share")
    assert blue.status.tolist() == ["no_data"]
    assert blue.value.isna().all()


def test_same_rows_as_the_command(table, olinda, tmp_path):
    out = tmp_path / "out"
    subprocess.run([os.environ["URBIOME_COMMAND"], "assess", olinda, "-o", out, "-q"], check=True)
    with open(out / "results.csv", newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(table)
    for column in COLUMNS:
        cells = [row[column] for row in rows]
        if column in NUMBERS:
            numbers = pandas.Series([float(cell or "nan") for cell in cells], name=column)
            pandas.testing.assert_series_equal(table[column], numbers, check_exact=True)
        else:
            assert cells == table[column].tolist(), column


def test_any_number_of_threads_gives_the_same_table(table, olinda):
    pandas.testing.assert_frame_equal(urbiome.assess(olinda, num_threads=1), table)
    pandas.testing.assert_frame_equal(urbiome.assess(olinda, num_threads=3), table)


def test_without_out_nothing_is_written(olinda, tmp_path, monkeypatch):
    before = sorted(os.listdir(olinda.parent))
    monkeypatch.chdir(tmp_path)
    urbiome.assess(olinda)
    assert os.listdir(tmp_path) == []
    assert sorted(os.listdir(olinda.parent)) == before


def test_out_is_written_and_not_replaced_unasked(olinda, tmp_path):
    out = tmp_path / "results"
    urbiome.assess(str(olinda), out=out)
    assert (out / "report.html").is_file()
    with pytest.raises(urbiome.Error, match="results") as caught:
        urbiome.assess(olinda, out=out)
    assert caught.value.code == "usage"
    urbiome.assess(olinda, out=out, overwrite=True)


def test_errors_are_the_engines_sentence(tmp_path):
    with pytest.raises(urbiome.Error, match="nowhere.toml") as caught:
        urbiome.assess(tmp_path / "nowhere.toml")
    assert caught.value.code == "unreadable"
    recipe = tmp_path / "city.toml"
    recipe.write_text('[city]\nname = "X"\npopulaton = 3\n')
    with pytest.raises(urbiome.Error, match="populaton"):
        urbiome.assess(recipe)


@pytest.mark.parametrize("option", ["memory", "num_threads"])
def test_senseless_limits_are_refused(olinda, option):
    with pytest.raises(ValueError, match=option):
        urbiome.assess(olinda, **{option: 0})


def test_too_little_memory_is_said(fine_olinda):
    with pytest.raises(urbiome.Error, match="memory") as caught:
        urbiome.assess(fine_olinda, memory=1_000_000)
    assert caught.value.code == "memory"


def test_the_catalogue():
    catalogue = urbiome.catalogue()
    assert {"green_share", "patch_count", "coherence", "people_near_green_share"} <= set(catalogue.iloc[:, 0])
    assert not catalogue.isna().any().any()


def test_the_version():
    assert urbiome.__version__ == os.environ["URBIOME_VERSION"]


def test_other_python_threads_go_on(fine_olinda):
    ticks, done = [], threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.01)

    watcher = threading.Thread(target=tick)
    watcher.start()
    begin = time.monotonic()
    urbiome.assess(fine_olinda)
    seconds = time.monotonic() - begin
    done.set()
    watcher.join()
    assert len(ticks) > 10 * seconds  # a held lock would leave a handful


def test_ctrl_c_stops_the_work(fine_olinda, tmp_path):
    out = tmp_path / "results"
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        urbiome.assess(fine_olinda, out=out)
    assert os.listdir(tmp_path) == []
