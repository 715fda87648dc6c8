/** What can go wrong, and what to do about it. `{reason}` is the program's own message, which is English. */
export const problems = {
  'problems.retry': 'Noch einmal versuchen',
  'problems.insecure.camera': 'Browser geben die Kamera nur sicheren Seiten, und diese kam über einfaches http.',
  'problems.insecure.microphone': 'Browser geben das Mikrofon nur sicheren Seiten, und diese kam über einfaches http.',
  'problems.insecure.remedy':
    'Die Seite auf dem Rechner, der sie ausliefert, als http://localhost öffnen, oder den Server mit --https starten und https:// verwenden.',
  'problems.unsupported.camera': 'Dieser Browser kann keine Kamera erreichen.',
  'problems.unsupported.microphone': 'Dieser Browser kann kein Mikrofon erreichen.',
  'problems.unsupported.remedy': 'Chrome, Edge, Firefox oder Safari in aktueller Fassung verwenden.',
  'problems.refused.camera': 'Die Kamera wurde nicht freigegeben.',
  'problems.refused.microphone': 'Das Mikrofon wurde nicht freigegeben.',
  'problems.refused.camera.remedy':
    'Die Kamera für diese Seite erlauben (Symbol links neben der Adresse; mancherorts auch in den Datenschutz-Einstellungen des Systems), dann noch einmal versuchen.',
  'problems.refused.microphone.remedy':
    'Das Mikrofon für diese Seite erlauben (Symbol links neben der Adresse; mancherorts auch in den Datenschutz-Einstellungen des Systems), dann noch einmal versuchen.',
  'problems.none.camera': 'Es wurde keine Kamera gefunden.',
  'problems.none.microphone': 'Es wurde kein Mikrofon gefunden.',
  'problems.none.camera.remedy': 'Eine Kamera anschließen oder einschalten, dann noch einmal versuchen.',
  'problems.none.microphone.remedy': 'Ein Mikrofon anschließen oder einschalten, dann noch einmal versuchen.',
  'problems.busy.camera': 'Die Kamera ist da, lässt sich aber nicht öffnen.',
  'problems.busy.microphone': 'Das Mikrofon ist da, lässt sich aber nicht öffnen.',
  'problems.busy.remedy':
    'Wahrscheinlich benutzt es gerade ein anderes Programm: Dieses (ein Gespräch, einen anderen Tab) schließen, dann noch einmal versuchen.',
  'problems.failed.camera': 'Die Kamera ließ sich nicht öffnen ({reason}).',
  'problems.failed.microphone': 'Das Mikrofon ließ sich nicht öffnen ({reason}).',
  'problems.failed.remedy': 'Das Gerät neu anschließen oder den Browser neu starten, dann noch einmal versuchen.',
  'problems.lost.camera': 'Die Kamera liefert nichts mehr.',
  'problems.lost.microphone': 'Das Mikrofon liefert nichts mehr.',
  'problems.lost.remedy':
    'Das Gerät wurde abgezogen, ausgeschaltet oder dieser Seite entzogen. Wieder anschließen, dann noch einmal versuchen.',
  'problems.dark': 'Die Kamera wurde geöffnet, liefert aber kein Bild.',
  'problems.dark.remedy':
    'Die Abdeckung entfernen oder andere Programme schließen, die sie belegen, dann noch einmal versuchen.',
  'problems.worklet': 'Der Teil dieser Seite, der zuhört, konnte nicht geladen werden.',
  'problems.worklet.remedy':
    'Die Verbindung zum Server prüfen und noch einmal versuchen; bleibt es dabei, die Seite neu laden.',
  'problems.no-window': 'Das Modell der Stimme sagt nicht, wie viel Ton es liest.',
  'problems.no-window.remedy': 'Die Modelle mit mien-convert neu bauen.',
  'problems.unexpected': 'Etwas Unerwartetes ist schiefgegangen: {reason}.',
  'problems.unexpected.remedy': 'Noch einmal versuchen; bleibt es dabei, die Seite neu laden.',
  'problems.model-missing': 'Eine Datei der Netze fehlt oder ist nicht erreichbar ({reason}).',
  'problems.model-missing.remedy':
    'Prüfen, ob die Verbindung besteht und der Server läuft und die Modelle ausliefert, dann die Seite neu laden. Wer sie ausliefert, kann sie mit mien-convert neu bauen.',
  'problems.model-corrupt': 'Eine Datei der Netze ist nicht die, die das Verzeichnis nennt ({reason}).',
  'problems.model-corrupt.remedy':
    'Die Seite ohne den Zwischenspeicher neu laden; hilft das nicht, sollten die Modelle auf dem Server neu gebaut oder wiederhergestellt werden.',
  'problems.spec-invalid': 'Die Beschreibung eines Netzes ist nicht zu verstehen ({reason}).',
  'problems.spec-invalid.remedy': 'Die Modelle sollten auf dem Server mit mien-convert neu gebaut werden; danach neu laden.',
  'problems.backend-unavailable': 'Dieser Browser kann die Netze nicht ausführen ({reason}).',
  'problems.backend-unavailable.remedy':
    'Einen aktuellen Browser (ab 2023) verwenden und prüfen, ob der Server den Ordner wasm neben mien.js ausliefert.',
  'problems.backend-lost': 'Der Grafikprozessor wurde dieser Seite entzogen ({reason}).',
  'problems.backend-lost.remedy': 'Noch einmal versuchen; die Netze laufen dann ohne ihn.',
  'problems.backend-wrong': 'Dieser Browser rechnet die Netze falsch ({reason}).',
  'problems.backend-wrong.remedy':
    'Noch einmal versuchen; die Netze laufen dann auf einem anderen Motor. Ein neuerer Browser oder Grafiktreiber kann helfen.',
  'problems.bad-input': 'Damit ist keine Analyse möglich ({reason}).',
  'problems.bad-input.remedy': 'Mit einem anderen Bild oder Ton noch einmal versuchen.',
  'problems.no-decode': 'Dieses Bild lässt sich nicht entschlüsseln ({reason}).',
  'problems.no-decode.remedy': 'Ein Bild wählen, das dieser Browser zeigen kann, etwa JPEG, PNG oder WebP.',
  'problems.disposed': 'Die Netze wurden schon weggeräumt ({reason}).',
  'problems.disposed.remedy': 'Noch einmal versuchen.',
  'problems.worker-failed': 'Der rechnende Teil dieser Seite ist ausgefallen ({reason}).',
  'problems.worker-failed.remedy': 'Noch einmal versuchen; bleibt es dabei, die Seite neu laden.',
} as const;
