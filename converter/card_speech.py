"""What the cards of the speech models say beyond their tables, made from the figures in their specs."""

from collections.abc import Mapping
from typing import Any

TITLES = {"voice-activity": "Voice activity"}

USES = {
    "voice-activity": "Tells ten times a second whether somebody speaks, so that silence, noise and music are "
    "given no emotion.",
}

LIMITS = {
    "voice-activity": (
        "All noise that it was trained and measured with was made by the project (`training/noises.py`): steady "
        "noise of many colours, fans, hum, typing, music of synthesised timbres. None is a recording; real rooms "
        "may differ.",
        "Its speech is that of RAVDESS's actors. Singing, whispering, children and several people at once were not "
        "measured, and a voice from a loudspeaker is speech to it.",
    ),
}

PROTOCOLS = {
    "voice-activity": "Scenes of six seconds: RAVDESS clips of the actors 21 to 24, who are in neither training "
    "(1 to 16) nor the choice of thresholds (17 to 20), laid into noise made anew, without noise and at 20, 10 and "
    "5 dB SNR, gain -20 to +6 dB, half of them in a synthesised room of 0.2 to 0.6 s; and scenes of noise alone. "
    "Where speech is, an energy rule says on the studio clip before anything is added; gaps under 0.3 s are speech. "
    "`miss_rate`: of the decisions whose newest 0.16 s hold speech, the share at which the gate is closed. "
    "`false_alarm_rate`: of those with no speech in them nor in the 0.7 s before (0.5 s of which the gate stays "
    "open by design), the share at which it is open. `emotion_on_noise`: the share of scenes of noise alone that "
    "are given an emotion anywhere. `unheard_noises` are kinds that training never made; they are not in the rates.",
}

LARGE_GAP_POINTS = 5.0


def sections(spec: Mapping[str, Any]) -> list[str]:
    """Sections of the card of ``speech-emotion``, each only where its figures are there; none for other models."""
    metrics = spec.get("metrics") or {}
    if spec["task"] != "speech-emotion":
        return []
    lines: list[str] = []
    if "sure_precision" in metrics:
        lines += ['## When the page says "unsure"', "", _unsure(metrics), ""]
    if "known_voice_uar" in metrics:
        lines += ["## Once a voice is known", "", _known_voice(metrics), ""]
    if "live_uar" in metrics:
        lines += ["## While somebody speaks", "", _live(metrics["live_uar"]), "", _word(metrics["live_word"]), ""]
    if any(name.startswith("microphone_") for name in metrics):
        lines += ["## On a microphone", "", *_microphone(metrics), ""]
    if "uar_gap_by_sex" in metrics:
        lines += ["## Women and men", "", *_sexes(metrics), ""]
    return lines


def _unsure(metrics: Mapping[str, Any]) -> str:
    return (
        f'Below a probability of {metrics["unsure_below"]:.2f} the page says "unsure" instead of an emotion. '
        f"Above it {_share(metrics, 'sure_precision')} of the labels were right, and "
        f"{_share(metrics, 'sure_coverage')} of the {metrics['n']:,} held-out clips were above it. Each fold's "
        "threshold was chosen on the other folds, as the lowest at which three of four labels are right; the "
        "shipped one on all of them. Both figures are by clip: the page applies the threshold to the average over "
        "the last seconds."
    )


def _known_voice(metrics: Mapping[str, Any]) -> str:
    by_sex, calm = metrics["known_voice_uar_by_sex"], metrics["known_voice_accuracy_mostly_calm"]
    recalls = metrics["known_voice_recall_one_emotion"]
    losses = {name: row["recall_first_heard"] - row["recall_known"] for name, row in recalls.items()}
    worst = max(losses, key=lambda name: losses[name])
    first, known = (
        sum(row[f"recall_{when}"] for row in recalls.values()) / len(recalls) for when in ("first_heard", "known")
    )
    clips = metrics["known_voice_clips"]
    return (
        "While somebody speaks into the microphone, what their readings have in common is taken for the voice's and "
        "set aside (`training/known_voice.py`); clips and files are read without that. From one held-out clip to the "
        f"next, UAR rises from {metrics['cv_uar']:.3f} to {_number(metrics, 'known_voice_uar')} after {clips} clips in "
        f"any emotion ({by_sex['female']:.3f} for women, {by_sex['male']:.3f} for men; ECE "
        f"{metrics['known_voice_ece']:.3f}); where twelve clips are neutral or calm and three are not, the share that "
        f"is read rightly rises from {calm['first_heard']:.1%} to {calm['known']:.1%}. The price: of whoever was heard "
        f"in one emotion alone, {first:.1%} are read rightly at first and {known:.1%} then; {worst} loses most "
        f"({recalls[worst]['recall_first_heard']:.2f} and {recalls[worst]['recall_known']:.2f}). How voices differ was "
        "learnt from the other folds each time; two settings were chosen with these very folds in view, so that the "
        "figures favour them a little."
    )


def _live(orders: Mapping[str, Any]) -> str:
    changes, stays = (
        f"{row['uar']:.3f} ({row['uar_interval'][0]:.3f} to {row['uar_interval'][1]:.3f}; "
        f"{row['uar_whole_windows']:.3f} with whole windows)"
        for row in (orders["mood changes"], orders["mood stays"])
    )
    return (
        "The page reads the last three seconds three times a second. Once somebody has spoken for a second, what was "
        "said before the pause is left out of them (`training/preprocessing/utterances.py`). On made streams of each "
        "held-out speaker's clips, with pauses of 0.6 to 2 seconds, and by the mean of a clip's readings, UAR is "
        f"{changes} where the mood changes from clip to clip, and {stays} where it stays for some. These streams tell "
        "where speech is; a live page has to find it. In its first second an utterance is read with what was said "
        "before, and mostly as that was."
    )


def _word(orders: Mapping[str, Any]) -> str:
    stays, changes = orders["mood stays"], orders["mood changes"]
    return (
        "The word on the page comes of all readings so far: a mood lasts, and what is believed of it fades in four "
        "seconds (`training/steady_reading.py`). In these streams, where the mood stays for some clips, it is named, "
        f'not "unsure", for {stays["named"]:.0%} of the readings, and right in {stays["precision"]:.1%} of these. '
        "Where the mood changes with every clip, after two or three seconds, the word comes too late: it is named for "
        f"{changes['named']:.0%}, and right in {changes['precision']:.1%}."
    )


def _microphone(metrics: Mapping[str, Any]) -> list[str]:
    lines = [
        "The held-out clips again, as a simulated microphone records them (`training/microphone.py`): a synthesised "
        "room of 0.4 s RT60, noise (white, pink or brown), a band of 7 kHz, a gain of -20 to +6 dB, full scale and "
        "16 bits.",
        "",
    ]
    for snr in (15, 5):
        name = f"microphone_{snr}db"
        if f"{name}_uar" in metrics:
            low, high = metrics[f"{name}_drop_interval"]
            lines.append(
                f"- {snr} dB SNR: UAR {metrics[f'{name}_uar']:.3f}, {metrics[f'{name}_drop']:.1f} points ({low:.1f} "
                f"to {high:.1f}) less than the clips as they are."
            )
    return lines


def _sexes(metrics: Mapping[str, Any]) -> list[str]:
    gap = metrics["uar_gap_by_sex"]
    low, high = metrics["uar_gap_by_sex_interval"]
    better, worse = ("women", "men") if gap >= 0 else ("men", "women")
    by_sex = metrics["uar_by_sex"]
    lines = [
        f"UAR is {by_sex['female']:.3f} for women and {by_sex['male']:.3f} for men: {better} are read better than "
        f"{worse} by {abs(gap):.1f} points (women less men: {low:.1f} to {high:.1f})."
    ]
    if abs(gap) <= LARGE_GAP_POINTS:
        return lines
    recalls = metrics["recall_by_sex"]
    gaps = {name: 100 * (recalls["female"][name] - recalls["male"].get(name, 0.0)) for name in recalls["female"]}
    ahead = sorted(gaps, key=lambda name: gaps[name], reverse=gap >= 0)
    shares = ", ".join(
        f"{name} {recalls['female'][name]:.2f} against {recalls['male'][name]:.2f}" for name in ahead[:3]
    )
    against = [name for name in ahead if gaps[name] * gap < 0]
    folds = metrics["uar_by_fold"].values()
    spread = 100 * (max(folds) - min(folds))
    lines += [
        "",
        f"The difference lies in these classes first (recall, women against men): {shares}. "
        + (f"The other way round it is for {', '.join(against)}. " if against else "")
        + "Both sexes are half of the clips, the actors and every fold, so it does not come from their number. "
        f"Each figure rests on twelve actors of either sex, and folds of four actors differ by up to {spread:.0f} "
        "points; whether it is the voice or how these actors act, RAVDESS cannot tell.",
    ]
    return lines


def _number(metrics: Mapping[str, Any], name: str) -> str:
    low, high = metrics[f"{name}_interval"]
    return f"{metrics[name]:.3f} ({low:.3f} to {high:.3f})"


def _share(metrics: Mapping[str, Any], name: str) -> str:
    low, high = metrics[f"{name}_interval"]
    return f"{metrics[name]:.1%} ({low:.1%} to {high:.1%})"
