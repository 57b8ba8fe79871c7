"""What columns of texts and of labels are called in other languages than English and Chinese, and at people's desks."""

from __future__ import annotations


def _names(words: str, *more: str) -> frozenset[str]:
    return frozenset((*words.split(), *more))


TEXT_NAMES = _names(
    "complaint enquiry inquiry letter "
    "kommentar kommentare nachricht beitrag meinung kundenmeinung rückmeldung feedback satz frage inhalt beschreibung "
    "anfrage verbatim transcript remark remarks texte commentaire commentaires avis verbatims phrase contenu texto "
    "comentario comentarios comentário comentários mensaje mensagem frase reseña opinión opinião contenido conteúdo "
    "testo commento commenti messaggio recensione frasi tekst opmerking reactie bericht zin opinia komentarz "
    "текст комментарий отзыв сообщение предложение κείμενο σχόλιο μήνυμα metin yorum mesaj cümle "
    "テキスト 文章 コメント 本文 텍스트 댓글 문장 내용 ข้อความ ความคิดเห็น رسالة نص تعليق टेक्स्ट पाठ",
    "văn bản", "nội dung", "bình luận", "câu", "nhận xét",
)  # fmt: skip
LABEL_NAMES = _names(
    "kategorie klasse thema etikett stimmung kennzeichnung theme code coding étiquette catégorie thème classe "
    "etiqueta categoría categoria tema clase sentimiento sentimento etichetta argomento categorie onderwerp kategoria "
    "etykieta метка категория класс тема тональность ετικέτα θέμα κατηγορία etiket kategori konu duygu "
    "ラベル カテゴリ カテゴリー 分類 라벨 레이블 분류 카테고리 ป้ายกำกับ หมวดหมู่ تصنيف فئة लेबल",
    "nhãn", "chủ đề", "phân loại",
)  # fmt: skip
