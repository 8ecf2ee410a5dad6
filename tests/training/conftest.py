import torch

torch.set_num_threads(1)  # as in the app; two threads on a busy machine wait for each other
