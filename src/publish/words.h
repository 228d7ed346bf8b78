/* words.h - every word of the interface; included by strings.[ch] alone. */
WORD(home, "Home", "Start", "Accueil", "Inicio", "ホーム")
WORD(about, "About", "Über", "À propos", "Acerca de", "概要")
WORD(sources, "Sources", "Quellen", "Sources", "Fuentes", "配信元")
WORD(archive, "Archive", "Archiv", "Archives", "Archivo", "アーカイブ")
WORD(tags, "Tags", "Schlagwörter", "Étiquettes", "Etiquetas", "タグ")
WORD(groups, "Groups", "Gruppen", "Groupes", "Grupos", "グループ")
WORD(languages, "Languages", "Sprachen", "Langues", "Idiomas", "言語")
WORD(older, "Older", "Älter", "Plus ancien", "Anterior", "前へ")
WORD(newer, "Newer", "Neuer", "Plus récent", "Siguiente", "次へ")
WORD(original, "Read the original", "Zum Original", "Lire l’original",
    "Leer el original", "元の記事を読む")
WORD(by, "by", "von", "par", "por", "著者")
WORD(untitled, "Untitled", "Ohne Titel", "Sans titre", "Sin título", "無題")
WORD(licence, "Licence", "Lizenz", "Licence", "Licencia", "ライセンス")
WORD(also_in, "Also in", "Auch in", "Aussi dans", "También en", "他の掲載")
WORD(inactive, "Silent for a while", "Länger still", "Silencieuses",
    "Sin novedades", "更新なし")
WORD(subscribe, "Subscribe", "Abonnieren", "S’abonner", "Suscribirse", "購読")
WORD(health, "Health of the feeds", "Zustand der Quellen", "État des sources",
    "Estado de las fuentes", "配信の状態")
WORD(fingerprints, "Certificate fingerprints", "Zertifikats-Fingerabdrücke",
    "Empreintes des certificats", "Huellas de los certificados", "証明書の指紋")
WORD(entries, "%lld entry|%lld entries", "%lld Eintrag|%lld Einträge",
    "%lld article|%lld articles", "%lld entrada|%lld entradas",
    "%lld件|%lld件")
WORD(search, "Search", "Suche", "Recherche", "Buscar", "検索")
WORD(intro, "New pages of many people, newest first.",
    "Neue Seiten vieler Leute, die neuesten zuerst.",
    "Les nouvelles pages de plusieurs personnes, les plus récentes d’abord.",
    "Páginas nuevas de mucha gente, las más recientes primero.",
    "多くの人の新しい記事を新しい順に。")
WORD(website, "Website", "Website", "Site web", "Sitio web", "ウェブサイト")
WORD(feed, "Feed", "Feed", "Flux", "Canal", "フィード")
WORD(failing, "cannot be read at the moment", "zurzeit nicht lesbar",
    "illisible pour le moment", "no se puede leer por ahora",
    "現在取得できません")
WORD(gone, "gone for good", "endgültig fort", "disparue pour de bon",
    "desaparecida para siempre", "配信終了")
WORD(newest, "The newest entries of all sources.",
    "Die neuesten Einträge aller Quellen.",
    "Les derniers articles de toutes les sources.",
    "Las últimas entradas de todas las fuentes.", "全配信元の新着記事")
WORD(source, "Source", "Quelle", "Source", "Fuente", "配信元")
WORD(author, "Author", "Autor", "Auteur", "Autor", "著者")
WORD(date, "Date", "Datum", "Date", "Fecha", "日付")
WORD(rights, "Rights", "Rechte", "Droits", "Derechos", "権利")
WORD(original_at, "Original", "Original", "Original", "Original", "元の記事")
WORD(attached, "Attached", "Anhang", "Pièce jointe", "Adjunto", "添付")
WORD(bytes, "%lld byte|%lld bytes", "%lld Byte|%lld Bytes",
    "%lld octet|%lld octets", "%lld byte|%lld bytes", "%lldバイト|%lldバイト")
WORD(summary_only, "This is a summary; the original goes on.",
    "Dies ist eine Zusammenfassung; das Original geht weiter.",
    "Ceci est un résumé ; la suite est dans l’original.",
    "Esto es un resumen; el original continúa.",
    "これは要約です。続きは元の記事にあります。")
WORD(over_gemini, "Over Gemini", "Über Gemini", "Sur Gemini", "Por Gemini",
    "Geminiで")
WORD(over_gopher, "Over Gopher", "Über Gopher", "Sur Gopher", "Por Gopher",
    "Gopherで")
WORD(in_ascii, "In plain ASCII", "In reinem ASCII", "En ASCII simple",
    "En ASCII simple", "ASCII文字のみで")
WORD(more, "More", "Mehr", "Suite", "Más", "続き")
WORD(kept_by, "Kept by", "Betreut von", "Tenue par", "Mantenido por",
    "管理者")
WORD(posts, "Posts of this planet", "Beiträge dieses Planeten",
    "Billets de cette planète", "Notas de este planeta", "当プラネットの記事")
WORD(nothing, "There is nothing here yet.", "Hier ist noch nichts.",
    "Il n’y a encore rien ici.", "Aquí no hay nada todavía.",
    "まだ何もありません。")
WORD(what_planet, "This is a planet: what the sources listed here publish,"
    " gathered in one place, newest first. The texts belong to those who"
    " wrote them; each text names its source and its original.",
    "Dies ist ein Planet: was die hier genannten Quellen veröffentlichen, an"
    " einem Ort gesammelt, das Neueste zuerst. Die Texte gehören denen, die"
    " sie geschrieben haben; jeder nennt seine Quelle und sein Original.",
    "Ceci est une planète : ce que publient les sources citées ici,"
    " rassemblé en un seul lieu, le plus récent d’abord. Les textes"
    " appartiennent à leurs auteurs ; chacun nomme sa source et son original.",
    "Esto es un planeta: lo que publican las fuentes citadas aquí, reunido en"
    " un solo lugar, lo más reciente primero. Los textos son de quienes los"
    " escribieron; cada uno nombra su fuente y su original.",
    "ここはプラネットです。載っている配信元の記事を一か所に集め、新しい順に並べて"
    "います。文章は書いた人のものであり、どれにも配信元と元の記事の場所を記して"
    "います。")
WORD(attachment, "Attachment", "Anhang", "Pièce jointe", "Archivo adjunto",
    "添付ファイル")
WORD(file, "file", "Datei", "fichier", "archivo", "ファイル")
WORD(comments, "Comments", "Kommentare", "Commentaires", "Comentarios",
    "コメント")
WORD(about_planet,
    "This planet reads the feeds of its sources and shows their posts in one"
    " place, newest first. Each post belongs to the one who wrote it and names"
    " where it came from.",
    "Dieser Planet liest die Feeds seiner Quellen und zeigt ihre Beiträge an"
    " einem Ort, die neuesten zuerst. Jeder Beitrag gehört dem Menschen, der"
    " ihn geschrieben hat, und nennt seine Herkunft.",
    "Cette planète lit les flux de ses sources et réunit leurs articles en un"
    " seul endroit, les plus récents d’abord. Chaque article appartient à la"
    " personne qui l’a écrit et indique d’où il vient.",
    "Este planeta lee los canales de sus fuentes y reúne sus entradas en un"
    " solo lugar, las más recientes primero. Cada entrada pertenece a quien la"
    " escribió y dice de dónde viene.",
    "このプラネットは各配信元のフィードを読み、記事を一か所に新しい順で並べています。"
    "記事は書いた人のものであり、それぞれに出どころを示しています。")
WORD(keeper, "Who keeps it", "Wer sich darum kümmert", "Qui s’en occupe",
    "Quién lo cuida", "運営者")
WORD(joining, "Joining and leaving", "Mitmachen und Aussteigen",
    "Rejoindre et quitter", "Entrar y salir", "参加と退会")
WORD(joining_how,
    "To be added, send the keeper the address of your feed: Atom, RSS, JSON"
    " Feed, or a page with dated links. To leave, ask the same way; your posts"
    " are then taken out for good, and their addresses answer that they are"
    " gone.",
    "Wer dazukommen möchte, schickt die Adresse seines Feeds: Atom, RSS, JSON"
    " Feed oder eine Seite mit datierten Links. Wer gehen möchte, meldet sich"
    " auf demselben Weg; die Beiträge werden dann endgültig entfernt, und ihre"
    " Adressen antworten, dass es sie nicht mehr gibt.",
    "Pour être ajouté, envoyez l’adresse de votre flux : Atom, RSS, JSON Feed"
    " ou une page de liens datés. Pour partir, demandez-le de la même façon ;"
    " vos articles sont alors retirés pour de bon, et leurs adresses répondent"
    " qu’ils n’existent plus.",
    "Para entrar, envía la dirección de tu canal: Atom, RSS, JSON Feed o una"
    " página de enlaces con fecha. Para salir, pídelo del mismo modo; tus"
    " entradas se retiran entonces para siempre y sus direcciones responden"
    " que ya no existen.",
    "参加するには、フィード（Atom、RSS、JSON Feed、または日付付きリンクのページ）の"
    "アドレスを運営者に送ってください。退会も同じ方法で連絡してください。記事は完全に"
    "取り除かれ、そのアドレスは「もうありません」と応答します。")
WORD(stored, "What is stored", "Was gespeichert wird", "Ce qui est conservé",
    "Qué se guarda", "保存しているもの")
WORD(stored_what,
    "Posts as their feeds give them, with some earlier versions, and how"
    " asking each feed went. Nothing about readers is written into these"
    " pages.",
    "Die Beiträge, wie ihre Feeds sie liefern, dazu einige frühere Fassungen,"
    " und wie die Abfrage jedes Feeds verlief. Über Leserinnen und Leser steht"
    " auf diesen Seiten nichts.",
    "Les articles tels que leurs flux les donnent, avec quelques versions"
    " antérieures, et le résultat de chaque lecture des flux. Rien sur les"
    " lecteurs n’est inscrit dans ces pages.",
    "Las entradas tal como las dan sus canales, con algunas versiones"
    " anteriores, y cómo fue cada consulta. Nada sobre quienes leen se escribe"
    " en estas páginas.",
    "フィードが配信したままの記事といくつかの旧版、そして各フィードの取得結果です。"
    "読者に関することは、これらのページには一切書かれません。")
WORD(logged, "Requests are logged, without the address they came from.",
    "Anfragen werden protokolliert, aber ohne die Adresse, von der sie kamen.",
    "Les requêtes sont journalisées, sans l’adresse d’où elles viennent.",
    "Las peticiones se registran, sin la dirección de la que vienen.",
    "リクエストは記録されますが、送信元アドレスは含みません。")
WORD(logged_address, "Requests are logged, with the address they came from.",
    "Anfragen werden mit der Adresse protokolliert, von der sie kamen.",
    "Les requêtes sont journalisées, avec l’adresse d’où elles viennent.",
    "Las peticiones se registran, con la dirección de la que vienen.",
    "リクエストは送信元アドレスとともに記録されます。")
WORD(see_also, "More", "Mehr", "Pour aller plus loin", "Más", "関連ページ")
WORD(how_to_subscribe, "How to subscribe", "So abonniert man",
    "Comment s’abonner", "Cómo suscribirse", "購読のしかた")
WORD(made_with, "Made with orrery.", "Gemacht mit orrery.",
    "Fait avec orrery.", "Hecho con orrery.", "orrery で作られています。")
WORD(help_dated,
    "A client that follows pages with dated links can subscribe to this one,"
    " or to the page of a source:",
    "Programme, die Seiten mit datierten Links verfolgen, können diese hier"
    " abonnieren oder die Seite einer einzelnen Quelle:",
    "Un client qui suit les pages de liens datés peut s’abonner à celle-ci, ou"
    " à la page d’une source :",
    "Un cliente que sigue páginas con enlaces fechados puede suscribirse a"
    " esta, o a la página de una fuente:",
    "日付付きリンクのページを購読できるクライアントなら、次のページ、または各配信元の"
    "ページを購読できます。")
WORD(help_feeds,
    "A feed reader takes the Atom or the JSON feed, and the list of all"
    " sources:",
    "Ein Feedreader nimmt den Atom- oder den JSON-Feed und die Liste aller"
    " Quellen:",
    "Un lecteur de flux prend le flux Atom ou JSON, et la liste de toutes les"
    " sources :",
    "Un lector de canales toma el canal Atom o JSON, y la lista de todas las"
    " fuentes:",
    "フィードリーダーには、Atom または JSON のフィードと全配信元の一覧があります。")
WORD(help_gopher, "The same posts by Gopher:",
    "Dieselben Beiträge über Gopher:", "Les mêmes articles par Gopher :",
    "Las mismas entradas por Gopher:", "同じ記事を Gopher で：")
WORD(help_mirror,
    "To keep a copy of everything, begin with the list of all files; a mirror"
    " then asks only for what changed.",
    "Wer eine Kopie von allem halten will, beginnt mit der Liste aller"
    " Dateien; ein Spiegel fragt danach nur noch nach dem, was sich geändert"
    " hat.",
    "Pour garder une copie de tout, commencez par la liste de tous les"
    " fichiers ; un miroir ne demande ensuite que ce qui a changé.",
    "Para guardar una copia de todo, empieza por la lista de todos los"
    " archivos; un espejo pide después solo lo que ha cambiado.",
    "すべてのコピーを持つには、全ファイルの一覧から始めてください。以後ミラーは変更分"
    "だけを取得します。")
WORD(all_files, "All files with their digests",
    "Alle Dateien mit ihren Prüfsummen",
    "Tous les fichiers et leurs empreintes",
    "Todos los archivos con sus resúmenes", "全ファイルとそのダイジェスト")
WORD(sources_fine, "Sources that are well", "Quellen ohne Störung",
    "Sources en bon état", "Fuentes en buen estado", "正常な配信元")
WORD(state, "State", "Zustand", "État", "Estado", "状態")
WORD(last_success, "Last success", "Zuletzt gelesen", "Dernier succès",
    "Última lectura", "最後の取得")
WORD(message, "Message", "Meldung", "Message", "Mensaje", "メッセージ")
WORD(next_try, "Next try", "Nächster Versuch", "Prochain essai",
    "Próximo intento", "次回の取得")
WORD(is_paused, "paused by the keeper", "vorübergehend ausgesetzt",
    "suspendue par la personne qui s’en occupe", "en pausa", "運営者により休止中")
WORD(is_gone, "gone for good, by its server’s word; not asked again",
    "laut Server endgültig fort; wird nicht mehr abgefragt",
    "disparue pour de bon, selon son serveur ; n’est plus consultée",
    "desaparecida para siempre, según su servidor; no se consulta más",
    "サーバーの応答により配信終了。今後は取得しません")
WORD(is_broken, "set aside: its feed could not be read",
    "zurückgestellt: Der Feed war nicht lesbar",
    "mise de côté : son flux était illisible",
    "apartada: su canal no se pudo leer", "保留中：フィードを読めませんでした")
WORD(is_failing, "failing", "gestört", "en échec", "con fallos", "取得失敗")
WORD(never_well, "failing from the start", "von Anfang an gestört",
    "en échec depuis le début", "con fallos desde el principio",
    "最初から取得失敗")
WORD(not_asked, "not asked yet", "noch nicht abgefragt",
    "pas encore consultée", "aún no consultada", "未取得")
WORD(is_damaged, "fine, but its feed is damaged",
    "gut, aber der Feed ist beschädigt", "bon, mais son flux est abîmé",
    "bien, pero su canal está dañado", "正常だがフィードに破損あり")
WORD(is_silent, "fine, but silent", "gut, aber still",
    "bon, mais silencieuse", "bien, pero en silencio", "正常だが更新なし")
WORD(is_fine, "fine", "gut", "bon", "bien", "正常")
WORD(keys_compare,
    "Compare these with what your client shows. A key that is to be replaced"
    " is named here before it is used.",
    "Vergleichen Sie diese Angaben mit dem, was Ihr Programm anzeigt. Ein"
    " neuer Schlüssel wird hier genannt, bevor er in Gebrauch kommt.",
    "Comparez ces valeurs avec ce que montre votre client. Une clé appelée à"
    " en remplacer une autre est annoncée ici avant de servir.",
    "Compara estos datos con lo que muestra tu cliente. Una clave nueva se"
    " anuncia aquí antes de usarse.",
    "クライアントに表示される値と見比べてください。鍵を交換するときは、使い始める前に"
    "ここで知らせます。")
WORD(key_digest, "SHA-256 of the certificate", "SHA-256 des Zertifikats",
    "SHA-256 du certificat", "SHA-256 del certificado", "証明書の SHA-256")
WORD(key_public, "SHA-256 of its public key",
    "SHA-256 des öffentlichen Schlüssels", "SHA-256 de sa clé publique",
    "SHA-256 de su clave pública", "公開鍵の SHA-256")
WORD(valid_from, "Valid from", "Gültig ab", "Valable à partir de",
    "Válido desde", "有効期間の開始")
WORD(valid_until, "Valid until", "Gültig bis", "Valable jusqu’à",
    "Válido hasta", "有効期限")
WORD(for_ever, "for ever", "unbegrenzt", "toujours", "siempre", "無期限")
WORD(key_names, "Names", "Namen", "Noms", "Nombres", "名前")
WORD(key_coming, "To come", "Demnächst", "À venir", "Próximamente", "今後の鍵")
WORD(used_from, "In use from", "In Gebrauch ab", "En service à partir de",
    "En uso desde", "使用開始")
WORD(key_none,
    "There is none yet: it is made when the server starts for the first"
    " time.",
    "Es gibt noch keines: Es entsteht beim ersten Start des Servers.",
    "Il n’y en a pas encore : il est créé au premier démarrage du serveur.",
    "Aún no hay ninguno: se crea cuando el servidor arranca por primera vez.",
    "まだありません。サーバーの初回起動時に作られます。")
WORD(key_unread, "It cannot be read at the moment.",
    "Es ist zurzeit nicht lesbar.", "Il est illisible pour le moment.",
    "No se puede leer por ahora.", "現在読み取れません。")
WORD(on_this_day, "On this day", "An diesem Tag", "Ce jour-là",
    "Un día como hoy", "この日の記事")
WORD(at_random, "A page at random", "Zufällige Seite", "Une page au hasard",
    "Una página al azar", "おまかせ表示")
WORD(book, "%s as a book", "%s als Buch", "%s en livre", "%s como libro",
    "%sを一冊の本で")
WORD(bundle, "%s as an archive", "%s als Archivdatei", "%s en archive",
    "%s como archivo", "%sをアーカイブファイルで")
WORD(mirrors, "For mirrors and archives", "Für Spiegel und Archive",
    "Pour les miroirs et les archives", "Para espejos y archivos",
    "ミラーとアーカイブのために")
WORD(mirrors_how,
    "Everything here may be copied as robots.txt says. The manifest lists each"
    " file with its size and digest, so that a mirror asks only for what"
    " changed; a log for each month tells what came and went. Below, where the"
    " keeper offers them, are months that are over as one file each: a book"
    " (Gempub) to read offline, or an archive of its pages.",
    "Alles hier darf kopiert werden, wie robots.txt es sagt. Das Manifest nennt"
    " jede Datei mit Größe und Prüfsumme, so dass ein Spiegel nur nach dem"
    " fragt, was sich geändert hat; ein Protokoll je Monat sagt, was kam und"
    " ging. Darunter stehen, wenn sie angeboten werden, vergangene Monate als"
    " je eine Datei: ein Buch (Gempub) zum Lesen ohne Netz oder ein Archiv"
    " seiner Seiten.",
    "Tout ici peut être copié comme le dit robots.txt. Le manifeste donne la"
    " taille et l’empreinte de chaque fichier : un miroir ne demande que ce qui"
    " a changé ; un journal par mois dit ce qui est venu et parti. Plus bas,"
    " s’ils sont proposés, les mois écoulés en un seul fichier : un livre"
    " (Gempub) à lire hors ligne, ou une archive de leurs pages.",
    "Todo aquí puede copiarse como dice robots.txt. El manifiesto da el tamaño"
    " y el resumen de cada archivo: un espejo pide solo lo que ha cambiado; un"
    " registro por mes dice qué llegó y qué se fue. Abajo, si se ofrecen, los"
    " meses terminados en un solo archivo: un libro (Gempub) para leer sin"
    " conexión, o un archivo de sus páginas.",
    "ここにあるものは robots.txt に従って複製できます。マニフェストには全ファイルの"
    "大きさとダイジェストがあり、ミラーは変わったものだけを取得できます。増減は月ごとの"
    "記録にあります。下には、提供されていれば、終わった月を一つのファイルにまとめたもの"
    "（オフラインで読める Gempub の本、またはページのアーカイブ）があります。")
WORD(posts_per_month, "Posts per month", "Beiträge je Monat",
    "Articles par mois", "Entradas por mes", "月別の記事数")
