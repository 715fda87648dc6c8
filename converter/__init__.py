"""From trained Keras files and the BlazeFace detector to the folders of `models_tfjs/`, and the proof of them."""
