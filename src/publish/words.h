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
