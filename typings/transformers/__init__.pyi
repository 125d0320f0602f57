# What we use of transformers, from where it lies: the library's own list leads the type checker through each of its 450 models.

from transformers.models.auto.modeling_auto import AutoModel as AutoModel
from transformers.models.auto.modeling_auto import AutoModelForSequenceClassification as AutoModelForSequenceClassification
from transformers.models.auto.tokenization_auto import AutoTokenizer as AutoTokenizer
from transformers.models.bert.configuration_bert import BertConfig as BertConfig
from transformers.models.bert.modeling_bert import BertForSequenceClassification as BertForSequenceClassification
from transformers.models.bert.modeling_bert import BertModel as BertModel
from transformers.models.bert.tokenization_bert import BertTokenizerFast as BertTokenizerFast
from transformers.pipelines import pipeline as pipeline
from transformers.tokenization_utils_tokenizers import PreTrainedTokenizerFast as PreTrainedTokenizerFast
