"""The sentences of the cards that do not come from a spec."""

from converter import card_speech

TITLES = {
    "face-detector": "Face detector",
    "face-emotion": "Emotion of a face",
    "face-age-gender": "Age and gender of a face",
    "speech-emotion": "Emotion of a voice",
    **card_speech.TITLES,
}

USES = {
    "face-detector": "Finds faces and six points of each (eyes, nose, mouth, ears) within about two metres of a "
    "camera.",
    "face-emotion": "Shows which of the emotions in its labels people would read in a face, live, to the person who "
    "stands before the camera and knows of it.",
    "face-age-gender": "Shows how old a face looks, with an interval, and which gender people would read in it, live, "
    "to the person who stands before the camera and knows of it.",
    "speech-emotion": "Shows which of the emotions in its labels people would hear in a voice, live, to the person who "
    "speaks and knows of it.",
    **card_speech.USES,
}

SHARED_LIMITS = (
    "Not for use at work or in schools, where Article 5 (1) f of the EU's AI Act bans the inference of emotions, nor "
    "for any decision about a person.",
    "Nothing leaves the visitor's device; the model is run in the browser.",
)

LIMITS = {
    "face-detector": (
        "Small, turned, covered or badly lit faces are missed; the input is 128 pixels wide.",
        "It finds faces; it does not know whose they are.",
    ),
    "face-emotion": (
        "It reads an expression, not what a person feels: faces do not show feelings reliably (L. F. Barrett et al., "
        "2019).",
        "Its labels are the guesses of a few people about pictures from a web search; people agree with them in about "
        "two of three cases.",
        "FER2013 says nothing about age, origin or gender of those shown, so how errors differ between groups is "
        "unknown.",
    ),
    "face-age-gender": (
        "It estimates looks. Gender is what annotators saw, in two classes; it says nothing about who a person is.",
        "Errors differ between age groups and between groups of origin; see the figures by group.",
        "Ages in UTKFace are themselves estimates, and some ages are rare in it.",
    ),
    "speech-emotion": (
        "It learnt from 24 North American actors who spoke two sentences with acted emotions; real speech is subtler, "
        "and other languages and accents were never heard.",
        "Noise, music and more than one speaker at once were not in its training data beyond what augmentation makes.",
    ),
    **card_speech.LIMITS,
}

OWN_LIMITS = (
    LIMITS["face-emotion"][0],
    "Its labels and pictures were chosen by whoever trained it; what they leave out it cannot read: every face is "
    "given one of its labels.",
    "Who is shown is not known to the project, so how errors differ between groups is unknown. It was measured on a "
    "few pictures like those that it learnt from; expect less of other people, cameras and light.",
)
"""Of a network that was trained on somebody's own pictures (``mien-train --own``)."""

OWN_PROTOCOL = (
    "Trained on pictures of the user's own, a folder for each class. The test split is their folder `test`, or the "
    "15 % that a hash chose of the pictures' bytes (of the names of folders within a class, where there are such); "
    "every choice was made on another 15 %. Of equal pictures one serves, and none that lies in two classes."
)

LICENCES = {
    "FER2013": "FER2013 (I. Goodfellow et al., 2013, ICML challenge on Kaggle): for research; the pictures come from a "
    "web search and belong to their owners. None of them is contained here.",
    "FER+": "FER+ votes (E. Barsoum et al., 2016, Microsoft): MIT licence.",
    "UTKFace": "UTKFace (Z. Zhang et al., 2017): for non-commercial research only; the pictures belong to their "
    "owners. None of them is contained here.",
    "RAVDESS": "RAVDESS (S. Livingstone, F. Russo, 2018): CC BY-NC-SA 4.0. None of its recordings is contained here.",
}

PROTOCOLS = {
    "face-emotion": "Trained on FER2013 Training without exact duplicates of test pictures; every choice made on "
    "PublicTest; PrivateTest reported once, against FER2013's own labels. `ferplus_accuracy` is against the label that "
    "most of ten FER+ annotators gave, on the pictures where one label won.",
    "face-age-gender": "UTKFace has no official split. Near-duplicates are grouped by perceptual hash; groups go whole "
    "into train, validation and test (80/10/10) by the SHA-256 of their first file name.",
    "speech-emotion": "Six folds of RAVDESS by actor (four actors each); normalisation, early stopping and every "
    "choice use training folds only. `cv_` figures are over the 1,440 held-out predictions of the six fold models; the "
    "shipped model is trained on all actors with the settings so chosen. `random_split_accuracy` lets the same actors "
    "speak in training and test: it is a leak, shown for comparison only. `browser_agreement` compares the shipped "
    "files in a browser with Python.",
    **card_speech.PROTOCOLS,
}

VOTES = (
    "It learns from the votes of the FER+ annotators on {votes:,} training pictures, too: a target is half the label "
    "and half how probable each label is with such votes, by a regression learnt from the same pictures{until}. Votes "
    "on PublicTest and PrivateTest are not learnt from."
)

NUMBERS = {2: "two", 3: "three", 4: "four"}

UNTIL = "; in {alone} of training it is the label alone"

COURSES = (
    "It was trained in {courses} courses, each of which went on from the network before; from the second on half of a "
    "target is what that network made of variations of the same picture."
)

GROWN = "In {grown} its crops were of {size} pixels, before that of {before}."

DETECTOR_FIGURES = (
    "The rebuilt graph gives what the TensorFlow Lite interpreter gives (golden vectors); it was not retrained. For "
    "its accuracy see V. Bazarevsky et al., 2019, arXiv:1907.05047, and MediaPipe's model card."
)
MEASURED = (
    "Measured by `mien-verify` on the shipped files, in headless Chromium; pictures were decoded and preprocessed by "
    "the page's own code."
)
INTERVALS = (
    "Every `_interval` is a 95 % bootstrap interval: of percentiles, but for `ece_interval`, a basic bootstrap "
    "interval, since resampling adds to a calibration error; `ece_debiased` is the error without what chance adds."
)

TABLES = {
    "known_voice_recall_one_emotion": "Recall of voices that were heard in one emotion alone, before and after:",
    "live_uar": "Clips in a stream, by the mean of their readings:",
    "live_uar_by_seconds": "UAR of single readings, by how long somebody has spoken since the pause:",
    "live_word": "The word on the page: for how many readings one is named, and how often it is right then:",
    "by_class": "By class (`n` pictures are labelled so):",
    "confusion": "How many of each true label (rows) were given which label (columns):",
    "reliability": "Reliability, by bins of the top label's probability: mean confidence, share that is right, and n. "
    "A calibrated model has the first two alike.",
    "by_group": "By group. `age_bias` is the mean of the age read less the true one, in years; groups are those of the "
    "dataset's labels.",
    "frames": "From frame to figure: each picture enlarged onto a frame of 640×480, its edges continued and blurred as "
    "a background out of focus is, then found, cropped and read by the page's own code. `found` is the share in which "
    "the surest face is where the picture is. The other figures are over the faces found; `_on_crops` are those of the "
    "same pictures read as crops. All pictures serve in the first two rows, an evenly spread part in the others.",
}

UNKNOWN_MISTAKES = {
    "face-emotion": "How errors differ between groups of people cannot be said: FER2013 does not tell who is shown.",
}
