/** What went wrong while it ran, and goes on by itself. */
export const recovery = {
  'recovery.restarting': 'Der rechnende Teil dieser Seite ist stehen geblieben. Er wird neu gestartet.',
  'recovery.restarted': 'Der rechnende Teil dieser Seite war stehen geblieben und wurde neu gestartet. Von der Aufzeichnung ist nichts verloren.',
  'recovery.restartedElsewhere':
    'Der Grafikprozessor wurde dieser Seite entzogen. Die Netze laufen jetzt auf einem anderen Motor. Von der Aufzeichnung ist nichts verloren.',
  'recovery.restartedRight':
    'Eine Prüfung ergab, dass der bisherige Motor auf diesem Gerät falsch rechnet. Die Netze laufen jetzt auf einem anderen; auf das bisher Gelesene ist kein Verlass.',
  'recovery.muted.camera':
    'Die Kamera liefert gerade kein Bild: Vielleicht hält ein Anruf, eine Abdeckung oder ein Schalter sie fest. Sobald sie wieder da ist, geht es weiter.',
  'recovery.muted.microphone':
    'Das Mikrofon liefert gerade keinen Ton: Vielleicht hält ein Anruf oder ein Schalter es fest. Sobald es wieder da ist, geht es weiter.',
  'recovery.muted.title': 'Gerade kein Bild',
  'recovery.muted.text': 'Sobald die Kamera wieder Bilder liefert, bekommen Gesichter hier ihre Karten.',
  'recovery.suspended': 'Der Browser hat den Ton angehalten. Sobald er wieder da ist, geht es weiter; ein Klick in die Seite kann helfen.',
  'recovery.slow': 'Das Netzwerk ist langsam; das Laden geht weiter.',
  'recovery.retrying': 'Die Verbindung ist abgerissen oder hängt; es wird noch einmal versucht.',
} as const;
