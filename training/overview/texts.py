"""What the report says of each model and figure, for readers who never saw the code."""

from __future__ import annotations

TITLES = {
    "face-emotion": "Emotion from a face",
    "face-age-gender": "Age and gender from a face",
    "speech-emotion": "Emotion from a voice",
    "voice-activity": "Whether somebody speaks",
}

WHAT = {
    "face-emotion": "Looks at a picture of one face and says which of seven emotions its labellers would have named. "
    "Trained on FER2013's pictures for training, chosen on its PublicTest, and measured once on its PrivateTest. "
    "The labels are opinions: people agree with them in about two of three pictures.",
    "face-age-gender": "Looks at a picture of one face and says how old the person looks, with an interval, and "
    "which gender the dataset's labellers gave. Trained and measured on UTKFace, whose pictures are "
    "split by groups of near-duplicates, so that no test picture was seen in training in another size or crop.",
    "speech-emotion": "Listens to three seconds of speech and says which of eight emotions was acted. RAVDESS has 24 "
    "actors; in each of six rounds four of them are held out, and the figures are over what was said of held-out "
    "actors only. The network that ships is then trained on all actors with the same settings.",
    "voice-activity": "Listens to the last second of sound and says whether somebody speaks. Trained on RAVDESS's "
    "speech laid into noises that the project makes; measured on four actors and on noises that it never heard.",
}

GLOSSARY = (
    ("Accuracy", "The share of cases that are given the right label."),
    (
        "Unweighted average recall (UAR)",
        "For each label the share of its cases that are found; then the mean over labels, rare or not.",
    ),
    ("Macro F1", "As the former, but each label also pays for being given wrongly."),
    (
        "Calibration error (ECE)",
        "How far the confidence that the model states is from how often it is right, on average. 0 is best. Its "
        "interval is corrected for what chance adds in a sample, and need not hold it.",
    ),
    ("Mean error of age", "The mean distance between the age that is read and the labelled one, in years."),
    (
        "Coverage of the age interval",
        "How often the labelled age lies in the interval that the model gives. It promises 90 %.",
    ),
    (
        "95 % interval",
        "The figure of another test set of the same kind and size would lie there in about 19 of 20 times.",
    ),
    (
        "Loss",
        "What training makes small. Training's own is taken on pictures and sounds that are varied, blended and given "
        "softened labels, so that it may lie above that of validation.",
    ),
    ("Validation", "Cases that are not trained on, by which the best epoch is chosen. They are no test cases."),
    ("Epoch", "One pass over the training cases."),
    ("Shipped", "The figure that the model folders held before the first step of this run."),
)

COLUMNS = {
    "n": "cases",
    "recall": "found of them (recall)",
    "precision": "right where given (precision)",
    "f1": "F1",
    "age_mae": "mean error of age",
    "age_bias": "read older (+) or younger (−) by",
    "gender_accuracy": "accuracy of gender",
    "age_interval_coverage": "age interval holds",
    "miss_rate": "speech missed",
    "false_alarm_rate": "false alarms",
    "emotion_on_noise": "noise alone given an emotion",
    "uar": "UAR",
    "female": "women",
    "male": "men",
}

YEARS = ("age_mae", "age_bias")
"""Figures in years; the others are shares, but for n."""

GROUPS = {
    "by_group": ("By gender, ethnicity and age, as the dataset labels them", "group"),
    "uar_by_fold": ("By round of four held-out actors", "round"),
    "uar_by_sex": ("By the actor's sex", "sex"),
    "recall_by_sex": ("Found of each emotion, by the actor's sex", "emotion"),
    "by_noise": ("By the noise around the speech", "noise"),
    "by_snr": ("By how far speech stands above the noise", "distance"),
    "frames": ("On camera frames, by how the face is shown", "condition"),
}
"""Parts of a spec's metrics that are tables: heading, and what a row is."""
