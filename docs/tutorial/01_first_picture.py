"""From a recording of raw Mode S frames to tracks."""

from importlib.resources import as_file, files

from vedette.pipeline import Pipeline, file_scans, run_fast
from vedette.site import load_site
from vedette.units import DEGREE, KNOT

SITE = """
[site]
name = "Paris-Charles de Gaulle"
latitude = 49.0
longitude = 2.55
height = 163
[[sensor]]
kind = "adsb"
name = "receiver"
"""


def main() -> None:
    with open("site.toml", "w", encoding="utf-8") as file:
        file.write(SITE)
    pipeline = Pipeline(load_site("site.toml"))

    with as_file(files("vedette.feed") / "samples" / "afr34zg-climb.jsonl.gz") as recording:
        run_fast(pipeline, file_scans(recording, sensor="receiver"))
    pipeline.show()

    for track in pipeline.picture.tracks:
        latitude, longitude, height = pipeline.site.frame.to_geodetic(track.estimate.position)
        callsign, speed = track.identity["callsign"].value, float((track.estimate.velocity**2).sum() ** 0.5)
        print(f"{callsign}: {latitude / DEGREE:.3f}° {longitude / DEGREE:.3f}°", end=", ")
        print(f"{height:.0f} m, {speed / KNOT:.0f} kt, {track.hits} reports, existence {track.existence:.4f}")


if __name__ == "__main__":
    main()
