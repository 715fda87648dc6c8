/** The frame of the page, its first view, and what stands on every view. */
export const page = {
  'page.description':
    'Mien liest aus Gesichtern Emotion, Alter und Geschlecht und aus Stimmen Emotion, in Echtzeit und allein im Browser. Nichts wird irgendwohin gesendet.',
  'page.skip': 'Zum Inhalt springen',
  'page.home': 'Mien, Startseite',
  'page.views': 'Ansichten',
  'page.nav.face': 'Gesicht',
  'page.nav.voice': 'Stimme',
  'page.nav.both': 'Beides',
  'page.title.face': 'Gesicht · Mien',
  'page.title.voice': 'Stimme · Mien',
  'page.title.both': 'Gesicht und Stimme · Mien',
  'page.title.session': 'Sitzung · Mien',
  'page.title.files': 'Dateien · Mien',
  'page.title.about': 'Über Mien',
  'page.hero.title': 'Was eine Maschine im Gesicht sieht und in der Stimme hört',
  'page.hero.lead':
    'Mien sieht durch die Kamera, hört durch das Mikrofon und zeigt, was kleine neuronale Netze daraus machen: Emotion, Alter und Geschlecht aus dem Gesicht, Emotion aus der Stimme. Alles geschieht in diesem Browser, vor Ihren Augen. Nichts wird irgendwohin gesendet.',
  'page.hero.face': 'Gesicht lesen',
  'page.hero.voice': 'Stimme lesen',
  'page.hero.both': 'Beides zugleich',
  'page.promises': 'Was man zuerst wissen sollte',
  'page.private.title': 'Privat von Grund auf',
  'page.private.text':
    'Bilder und Töne werden im Speicher dieses Tabs gelesen und sofort verworfen. Die eigene Sicherheitsrichtlinie verbietet der Seite, mit einem anderen Server zu sprechen.',
  'page.guess.title': 'Eine Vermutung, als solche gezeigt',
  'page.guess.text':
    'Zu jeder Angabe gehört ihre Wahrscheinlichkeit, zu jedem Alter die Spanne, in der es in neun von zehn Fällen liegen soll. Mitunter ist sie falsch; die Balken zeigen, wie unsicher sie ist.',
  'page.stop.title': 'Jederzeit anzuhalten',
  'page.stop.text':
    'Nach Kamera und Mikrofon wird erst auf Knopfdruck gefragt; beim Anhalten oder Verlassen der Ansicht werden sie ausgeschaltet.',
  'page.caution.title': 'Das kann falsch sein.',
  'page.caution.text': 'Die Netze beurteilen Aussehen und Tonfall, nicht, was jemand fühlt oder wer jemand ist.',
  'page.notes': 'Datenschutz und Grenzen',
  'page.privacy.title': 'Datenschutz',
  'page.privacy.text':
    'Bilder und Töne verlassen dieses Gerät nie und werden nie gespeichert. Die Netze sind Dateien, die diese Seite von ihrem eigenen Server holt und hier ausführt; kein Ergebnis wird irgendjemandem gemeldet. Es gibt keine Cookies, keine Konten und keine Statistik. Ungefragt bewahrt dieser Browser nur die Dateien des Programms auf, damit es auch ohne Netz läuft, und Einstellungen wie Sprache und Darstellung.',
  'page.limits.title': 'Grenzen',
  'page.limits.text':
    'Ein Ausdruck ist kein Gefühl: Menschen lächeln in der Trauer und runzeln beim Nachdenken die Stirn. Die Netze haben aus beschrifteten Fotos und gespielter Sprache gelernt und lesen Menschen, die dort selten waren, weniger gut. Das Alter ist eine Schätzung; das Geschlecht ist eine Wahl zwischen zwei Wörtern allein nach dem Aussehen und sagt nichts über die Identität.',
  'page.limits.law':
    'Mien ist nicht dazu da, über Menschen zu entscheiden. Am Arbeitsplatz und in Schulen verbietet die KI-Verordnung der EU (Artikel 5), auf Emotionen zu schließen; dort darf Mien nicht verwendet werden.',
  'page.licence': 'Mien ist quelloffen und steht unter der Apache-Lizenz 2.0.',
} as const;
