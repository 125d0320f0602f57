"""Names for invented people, each as it is written in its own script and in Latin letters, sometimes in more than one way.

They are common names put together at random; nobody in particular is meant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Written = tuple[str, ...]
"""A name in its own script, then in Latin letters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """The names of one language, the commonest first."""

    given: Sequence[Written]
    family: Sequence[Written]


def _read(text: str) -> Sequence[Written]:
    return [tuple(name.strip().split("/")) for name in text.split(",")]


NAMES: Mapping[str, Names] = {
    "en": Names(
        given=_read("James,Mary,John,Emma,Oliver,Amelia,Harry,Grace,Jack/Jacques,Chloe,Ethan,Catherine/Katherine,Stephen/Steven,Sophie"),
        family=_read("Smith,Jones,Taylor,Brown,Wilson,Evans,Walker,White,Green,Clarke/Clark,Hughes,Thompson/Thomson,Baker,Reid/Reed"),
    ),
    "es": Names(
        given=_read("María/Maria,José/Jose,Lucía/Lucia,Juan,Carmen,Luis,Ana,Jesús/Jesus,Sofía/Sofia,Andrés/Andres,Íñigo/Inigo,Belén/Belen"),
        family=_read("García/Garcia,Martínez/Martinez,López/Lopez,Sánchez/Sanchez,Pérez/Perez,Gómez/Gomez,Muñoz/Munoz,Ibáñez/Ibanez,Ruiz"),
    ),
    "si": Names(
        given=_read(
            "නිමල්/Nimal,කමල්/Kamal,සුනිල්/Sunil,චාමින්ද/Chaminda,ලක්ෂ්මී/Lakshmi,කුමාරි/Kumari,දිල්ෂාන්/Dilshan,රුවන්/Ruwan/Ruvan,අනුර/Anura,ඉෂාරා/Ishara,"
            "තරිඳු/Tharindu,නදීශා/Nadeesha/Nadisha"
        ),
        family=_read(
            "පෙරේරා/Perera,සිල්වා/Silva,ප්‍රනාන්දු/Fernando/Pranandu,බණ්ඩාර/Bandara,විජේසිංහ/Wijesinghe/Vijesinha,ජයවර්ධන/Jayawardena/Jayawardhana,"
            "රත්නායක/Rathnayake/Ratnayaka,දිසානායක/Dissanayake,හේරත්/Herath"
        ),
    ),
    "am": Names(
        given=_read(
            "አበበ/Abebe,ታደሰ/Tadesse/Tadese,ሰላማዊት/Selamawit,ሀና/Hana/Hanna,ዳዊት/Dawit,ብርሃኑ/Birhanu/Berhanu,ትግስት/Tigist,ዮናስ/Yonas,መሰረት/Meseret,ካሳ/Kassa"
        ),
        family=_read("በቀለ/Bekele,ገብረ/Gebre,ተስፋዬ/Tesfaye,ኃይሉ/Hailu,ወልዴ/Wolde,አለሙ/Alemu,መኮንን/Mekonnen/Mekonen,ደሳለኝ/Desalegn,ከበደ/Kebede"),
    ),
    "ta": Names(
        given=_read(
            "குமார்/Kumar,செல்வி/Selvi,முருகன்/Murugan,ரவி/Ravi,கவிதா/Kavitha/Kavita,கார்த்திக்/Karthik/Kartik,மீனா/Meena/Mina,தமிழ்/Thamizh/Tamil,அருண்/Arun"
        ),
        family=_read("ராமன்/Raman,சுப்ரமணியன்/Subramanian/Subramaniyan,நாதன்/Nathan,பாலன்/Balan,கண்ணன்/Kannan,ராஜா/Raja,சங்கர்/Shankar/Sankar,வேலு/Velu"),
    ),
    "kn": Names(
        given=_read(
            "ಮಂಜುನಾಥ/Manjunath/Manjunatha,ಸುನಿತಾ/Sunitha/Sunita,ರಮೇಶ್/Ramesh,ಲಕ್ಷ್ಮಿ/Lakshmi/Laxmi,ಶಿವು/Shivu,ಪ್ರಕಾಶ್/Prakash,ದೀಪಾ/Deepa/Dipa,ಬಸವರಾಜ್/Basavaraj"
        ),
        family=_read("ಗೌಡ/Gowda/Gouda,ಹೆಗ್ಡೆ/Hegde,ಶೆಟ್ಟಿ/Shetty/Shetti,ರಾವ್/Rao,ಪಾಟೀಲ್/Patil,ಭಟ್/Bhat/Bhatt,ನಾಯಕ್/Nayak,ಕುಲಕರ್ಣಿ/Kulkarni"),
    ),
    "pa": Names(
        given=_read(
            "ਗੁਰਪ੍ਰੀਤ/Gurpreet/Gurprit,ਹਰਜੀਤ/Harjeet/Harjit,ਮਨਪ੍ਰੀਤ/Manpreet,ਸਿਮਰਨ/Simran,ਬਲਵਿੰਦਰ/Balwinder/Balvinder,ਜਸਪਾਲ/Jaspal,ਅਮਨਦੀਪ/Amandeep,ਕਿਰਨ/Kiran"
        ),
        family=_read("ਸਿੰਘ/Singh/Sinh,ਕੌਰ/Kaur,ਗਿੱਲ/Gill,ਸੰਧੂ/Sandhu,ਢਿੱਲੋਂ/Dhillon,ਬਰਾੜ/Brar/Barar,ਸਿੱਧੂ/Sidhu/Siddhu,ਗਰੇਵਾਲ/Grewal"),
    ),
    "hi": Names(
        given=_read(
            "राजेश/Rajesh,सुनीता/Sunita/Suneeta,अमित/Amit,पूजा/Pooja/Puja,विजय/Vijay,अनिल/Anil,नेहा/Neha,संजय/Sanjay,कविता/Kavita,दीपक/Deepak/Dipak"
        ),
        family=_read(
            "शर्मा/Sharma,कुमार/Kumar,सिंह/Singh/Sinha,गुप्ता/Gupta,वर्मा/Verma/Varma,यादव/Yadav,पटेल/Patel,जोशी/Joshi,मिश्रा/Mishra/Misra"
        ),
    ),
}
