/** The frame of the page, its first view, and what stands on every view. index.html holds the same words in English. */
export const page = {
  'page.description':
    'Mien reads emotion, age and gender from faces and emotion from voices, in real time and inside your browser. Nothing is sent anywhere.',
  'page.skip': 'Skip to the content',
  'page.home': 'Mien, home page',
  'page.views': 'Views',
  'page.nav.face': 'Face',
  'page.nav.voice': 'Voice',
  'page.nav.both': 'Both',
  'page.title.face': 'Face · Mien',
  'page.title.voice': 'Voice · Mien',
  'page.title.both': 'Face and voice · Mien',
  'page.title.session': 'Session · Mien',
  'page.title.files': 'Files · Mien',
  'page.title.about': 'About · Mien',
  'page.hero.title': 'What a machine sees in your face, and hears in your voice',
  'page.hero.lead':
    'Mien looks through your camera and listens through your microphone, and shows what small neural networks make of it: emotion, age and gender from a face, emotion from a voice. It all happens in this browser, as you watch. Nothing is sent anywhere.',
  'page.hero.face': 'Read a face',
  'page.hero.voice': 'Read a voice',
  'page.hero.both': 'Both at once',
  'page.promises': 'What to know first',
  'page.private.title': 'Private by construction',
  'page.private.text':
    'Pictures and sound are read in this tab’s memory and let go of at once. The page is forbidden, by its own security policy, to talk to any other server.',
  'page.guess.title': 'A guess, and shown as one',
  'page.guess.text':
    'Every reading comes with its probability, every age with the interval that it should lie in nine times out of ten. It will be wrong at times; the bars show how unsure it is.',
  'page.stop.title': 'Yours to stop',
  'page.stop.text':
    'Camera and microphone are asked for only when you press start, and are switched off when you press stop or leave the view.',
  'page.caution.title': 'This may be wrong.',
  'page.caution.text': 'The networks judge a look and a tone, not what somebody feels or who somebody is.',
  'page.notes': 'Privacy and limits',
  'page.privacy.title': 'Privacy',
  'page.privacy.text':
    'Frames and sound never leave this device and are never stored. The networks are files that this page fetches from its own server and runs here; no reading is reported to anyone. There are no cookies, no accounts and no statistics. Unasked, this browser keeps only the program’s own files, so that it works offline, and choices such as language and appearance.',
  'page.limits.title': 'Limits',
  'page.limits.text':
    'An expression is not a feeling: people smile in grief and frown in thought. The networks learned from labelled photographs and acted speech, and read people who were rare there less well. Age is an estimate; gender is a guess between two words from looks alone, and says nothing about identity.',
  'page.limits.law':
    'Do not decide about people with it. At work and in schools the EU’s AI Act (Article 5) bans inferring emotions; do not use Mien there.',
  'page.licence': 'Mien is open source under the Apache License 2.0.',
} as const;
