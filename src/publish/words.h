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
